"""Lines that are closed even if a test forgets them: the pytest fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simisp.scenario.load import LoadedScenario
from simisp.testing.async_line import AsyncLine
from simisp.testing.line import Line
from simisp.testing.scenario_source import loaded

__all__ = ["LineOpener", "Lines"]


class LineOpener:
    """The result of ``simisp("hang.yaml")``: enter it with ``with``, or with ``async with`` in asyncio tests.

    Args:
        line: The line, not open yet.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    def __enter__(self) -> Line:
        return self._line.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._line.__exit__(*error)

    async def __aenter__(self) -> AsyncLine:
        return AsyncLine(await asyncio.to_thread(self._line.__enter__))

    async def __aexit__(self, *error: Any) -> None:
        await asyncio.to_thread(self._line.__exit__, *error)


class Lines:
    """Opens lines and closes those that a test forgot: the value of the pytest fixture ``simisp``.

    Args:
        beside: A folder in which to look for scenarios before the current folder and the bundled ones.
    """

    def __init__(self, beside: str | Path = "") -> None:
        self._beside = beside
        self._lines: list[Line] = []

    def __call__(
        self,
        scenario: str | Path | LoadedScenario,
        *,
        link: str | Path | None = None,
        endpoint: str | Sequence[str] = (),
        judged: bool = True,
    ) -> LineOpener:
        """Return a line for a ``with`` or ``async with`` statement. See :class:`Line` for arguments and errors."""
        line = Line(loaded(scenario, self._beside), link=link, endpoint=endpoint, judged=judged)
        self._lines.append(line)
        return LineOpener(line)

    def close(self) -> None:
        """Close every line."""
        for line in self._lines:
            line.close()
