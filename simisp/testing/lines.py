"""Lines that are closed even if a test forgets them: the pytest fixtures."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from simisp.scenario.load import LoadedScenario
from simisp.testing.async_line import AsyncLine
from simisp.testing.keeping import keep_records
from simisp.testing.line import Line
from simisp.testing.memory_line import MemoryLine
from simisp.testing.scenario_source import loaded, several_faults, with_faults
from simisp.virtual_loop.loop import VirtualLoop

__all__ = ["LineOpener", "Lines"]

Scenario = str | Path | Mapping[str, object] | LoadedScenario


class LineOpener:
    """The result of ``simisp("hang.yaml")``: enter it with ``with``, or with ``async with`` in asyncio tests.

    ``async with`` gives a :class:`MemoryLine` in a loop whose time is virtual, and else an :class:`AsyncLine`.

    Args:
        line: The line, not open yet.
        in_memory: The same scenario for a loop whose time is virtual.
        keep: Where the line in memory leaves its transcript and its page, without suffix; None for nowhere.
    """

    def __init__(self, line: Line, in_memory: MemoryLine, keep: Path | None = None) -> None:
        self._line = line
        self._in_memory = in_memory
        self._keep = keep
        self._is_in_memory = False

    def __getattr__(self, name: str) -> NoReturn:
        hint = "; it is not open yet: write `with simisp(...) as line:`" if hasattr(Line, name) else ""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")

    def __enter__(self) -> Line:
        return self._line.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._line.__exit__(*error)

    async def __aenter__(self) -> Any:
        self._is_in_memory = isinstance(asyncio.get_running_loop(), VirtualLoop)
        if self._is_in_memory:
            return await self._in_memory.__aenter__()
        return AsyncLine(await asyncio.to_thread(self._line.__enter__))

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if not self._is_in_memory:
            await asyncio.to_thread(self._line.__exit__, kind, error, traceback)
            return
        line, failed = self._in_memory, error
        try:
            await line.__aexit__(kind, error, traceback)
        except BaseException as failure:
            failed = failure
            raise
        finally:
            if self._keep is not None:
                if failed is not None:
                    failed.add_note(f"kept: {self._keep}.jsonl, {self._keep}.html")
                keep_records(line.scenario, line.transcript, line.session.secrets, self._keep, clock="virtual")


class Lines:
    """Opens lines and closes those that a test forgot: the value of the pytest fixtures.

    Args:
        beside: A folder in which to look for scenarios before the current folder and the bundled ones.
        scenario: The scenario of a call that gives none, such as that of a test's mark.
        clock: The clock of a call that gives none.
        faults: Faults that each line has besides those of its scenario.
        keep: A folder in which each line leaves its transcript and its page; None to keep nothing.
    """

    def __init__(
        self,
        beside: str | Path = "",
        *,
        scenario: Scenario | None = None,
        clock: str = "real",
        faults: Iterable[str | Mapping[str, object]] = (),
        keep: str | Path | None = None,
    ) -> None:
        self._beside = beside
        self._scenario, self._clock, self._faults = scenario, clock, tuple(several_faults(faults))
        self._keep = None if keep is None else Path(keep)
        self._lines: list[Line] = []

    def __call__(
        self,
        scenario: Scenario | None = None,
        *,
        link: str | Path | None = None,
        endpoint: str | Sequence[str] = (),
        judged: bool = True,
        clock: str | None = None,
        faults: Iterable[str | Mapping[str, object]] = (),
    ) -> LineOpener:
        """Return a line for a ``with`` or ``async with`` statement. See :class:`Line` for arguments and errors.

        Raises:
            ValueError: No scenario is given, and the test has no mark that names one.
        """
        chosen = self._scenario if scenario is None else scenario
        if chosen is None:
            raise ValueError('there is no scenario: give one, or mark the test with @pytest.mark.simisp("hang.yaml")')
        played = with_faults(loaded(chosen, self._beside), (*self._faults, *several_faults(faults)))
        keep = None if self._keep is None else self._keep / f"{len(self._lines) + 1}-{_plain(played.name)}"
        line = Line(
            played, link=link, endpoint=endpoint, judged=judged, clock=clock or self._clock, keep=keep
        )  # fmt: skip
        self._lines.append(line)
        return LineOpener(line, MemoryLine(played, judged=judged), keep)

    def close(self) -> None:
        """Close every line."""
        for line in self._lines:
            line.close()


def _plain(name: str) -> str:
    """Return a name that can be a file's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:80] or "line"
