"""The way in from the command line."""

from __future__ import annotations

import gc
import os
import signal


def main() -> None:
    """Run the command line."""
    # Until a run takes the signals over, Ctrl-C ends this process as it ends any other, without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What a start makes stays. A run that goes on for long turns the collector on again: until_interrupted().
    gc.disable()
    # Looking for pydantic's plugins among all installed packages costs a fifth of the start, and we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from simisp.cli import main as command_line
    from simisp.cli.postponed import postpone

    # Pydantic imports these all the same, and with them e-mail, zip files and OpenSSL: a tenth of the start.
    postpone("importlib.metadata", functions=["entry_points"])
    postpone("secrets")
    command_line(prog_name="simisp")


if __name__ == "__main__":
    main()
