"""The entry point of the command line."""

from __future__ import annotations

import signal

# Until a run takes the signals over, Ctrl-C ends this process as it ends any other, without a traceback. This stands
# before the other imports, for a signal may come while they are under way.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import atexit
import gc


def main() -> None:
    """Run the command line."""
    # What is allocated during start-up stays. A long run turns the collector on again: until_interrupted().
    gc.disable()
    # At exit Python would walk all of it once more, only to throw it away: an eighth of a short command's time.
    atexit.register(gc.freeze)
    from simisp.cli.standard_streams import reserve_standard_descriptors

    reserve_standard_descriptors()
    from simisp.cli import main as command_line
    from simisp.cli.plugins import forgo_plugins
    from simisp.cli.postponed import forgo_openssl, postpone

    forgo_plugins()
    forgo_openssl()
    # Pydantic imports these anyway, and with them e-mail, zip files and OpenSSL: a tenth of the start-up time.
    postpone("importlib.metadata", functions=["entry_points"])
    postpone("secrets")
    command_line(prog_name="simisp")


if __name__ == "__main__":
    main()
