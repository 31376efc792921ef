"""A command that runs on a line while a test watches it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict

__all__ = ["ClientRun"]


class ClientRun:
    """A command that runs on a line. Create it and use it in the line's own event loop.

    Args:
        station: The line.
        command: The program and its arguments.
        options: Patience, deadline, grace and so on.

    Attributes:
        over: The run, done when the verdict is known.
    """

    def __init__(self, station: Station, command: Sequence[str], options: RunOptions | None) -> None:
        self.over: asyncio.Task[Verdict] = asyncio.ensure_future(run_client(station, command, options))

    async def verdict(self) -> Verdict:
        """Wait for the verdict, and return it.

        Raises:
            ClientError: The command can't be started.
        """
        return await asyncio.shield(self.over)

    async def end(self) -> None:
        """End the command, if it still runs, and whatever it has left behind."""
        self.over.cancel()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await self.over
