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
    from simisp.startup import spare_start

    spare_start()
    from simisp.cli.standard_streams import reserve_standard_descriptors

    reserve_standard_descriptors()
    from simisp.cli import main as command_line

    command_line(prog_name="simisp")


if __name__ == "__main__":
    main()
