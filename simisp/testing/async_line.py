"""A line for asyncio tests: methods that wait are coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from os import PathLike

from simisp.forensics import PortReport
from simisp.forensics.report import Holder
from simisp.runner.run_options import RunOptions
from simisp.runner.verdict import Verdict
from simisp.testing.line import Line
from simisp.transcript import Record

__all__ = ["AsyncLine"]


class AsyncLine:
    """A :class:`Line` for asyncio tests: methods that wait are coroutines. See :class:`Line`.

    Args:
        line: The line, already open.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def port(self) -> str:
        """The path that a client opens: by default a symbolic link to the pseudo-terminal."""
        return self._line.port

    @property
    def url(self) -> str:
        """The same, which for a TCP port is a URL that pyserial opens."""
        return self._line.url

    @property
    def ports(self) -> tuple[str, ...]:
        """The paths of all ports that lead to the line."""
        return self._line.ports

    @property
    def transcript(self) -> tuple[Record, ...]:
        """Every record so far, in order, secrets not masked."""
        return self._line.transcript

    @property
    def calls(self) -> int:
        """How many calls the ISP has answered, 0 or more."""
        return self._line.calls

    @property
    def text(self) -> str:
        """Everything that the modem and the ISP have sent, one character for each octet."""
        return self._line.text

    @property
    def received(self) -> str:
        """Everything that the client has sent, one character for each octet."""
        return self._line.received

    def holders(self) -> tuple[Holder, ...]:
        """Return the processes that have the port open."""
        return self._line.holders()

    def report(self) -> PortReport:
        """Return the processes that hold the port, where each is blocked, and the port's locks."""
        return self._line.report()

    async def run(self, command: Sequence[str | PathLike[str]], *, options: RunOptions | None = None) -> Verdict:
        """See :meth:`Line.run`."""
        return await asyncio.to_thread(self._line.run, command, options=options)

    async def start(self, command: Sequence[str | PathLike[str]], *, options: RunOptions | None = None) -> None:
        """See :meth:`Line.start`."""
        await asyncio.to_thread(self._line.start, command, options=options)

    async def wait(self) -> Verdict:
        """See :meth:`Line.wait`."""
        return await asyncio.to_thread(self._line.wait)

    async def inject(self, fault: str | Mapping[str, object]) -> None:
        """See :meth:`Line.inject`."""
        await asyncio.to_thread(self._line.inject, fault)

    async def expect(self, text: str, *, within: float = 30.0, soft: bool = False) -> bool:
        """See :meth:`Line.expect`."""
        return await asyncio.to_thread(self._line.expect, text, within=within, soft=soft)

    async def wait_for(self, text: str, *, within: float = 30.0) -> None:
        """See :meth:`Line.wait_for`."""
        await asyncio.to_thread(self._line.wait_for, text, within=within)

    async def check(self) -> None:
        """See :meth:`Line.check`."""
        await asyncio.to_thread(self._line.check)

    async def assert_released(self, *, within: float = 30.0, allow_unopened: bool = False) -> None:
        """See :meth:`Line.assert_released`."""
        await asyncio.to_thread(self._line.assert_released, within=within, allow_unopened=allow_unopened)
