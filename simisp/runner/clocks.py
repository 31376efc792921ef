"""The clock of a run: real, shared virtual, or scaled; and why it is not the one asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simisp.endpoints.base import Terminal
from simisp.errors import ClockUnavailableError, PreloadUnavailableError
from simisp.preload import library
from simisp.runtime.clock import RealClock
from simisp.virtual_loop.idleness import reports_idleness

if TYPE_CHECKING:  # it is loaded only for a clock that has to: that is a third of a run's start
    from simisp.virtual_loop.clock import ClientClock

__all__ = ["ClockChoice", "choose_clock", "parse_clock"]

_KINDS = ("real", "virtual", "scaled", "auto")


@dataclass(frozen=True, slots=True)
class ClockChoice:
    """The clock that was asked for, and the one that the run has.

    Attributes:
        asked: As in ``--clock``: ``real``, ``virtual``, ``scaled:N`` or ``auto``.
        used: ``real``, ``virtual`` or ``scaled:N``.
        why: Why it is not the one asked for; empty if it is.
        circuits: Whether the command is provided with modem circuits. With a shared clock it always is.
        without_circuits: Why it has no circuits although they were asked for; empty if it has.
    """

    asked: str = "real"
    used: str = "real"
    why: str = ""
    circuits: bool = False
    without_circuits: str = ""

    @property
    def was_kept(self) -> bool:
        """Whether the run had the clock that was asked for by name. With ``auto`` any clock is right."""
        return self.asked in ("auto", self.used)

    def describe(self) -> str:
        """Return why the clock is not the one asked for.

        Example:
            >>> ClockChoice("virtual", "real", "pid 7 can't share virtual time").describe()
            "the clock was real, not virtual as asked, so the exit status is 2: pid 7 can't share virtual time"
        """
        strictly = "" if self.was_kept else " as asked, so the exit status is 2"
        return f"the clock was {self.used}, not {self.asked}{strictly}: {self.why}"

    def within(
        self, loop: asyncio.AbstractEventLoop, terminals: Iterable[Terminal | None], *, is_unplugged: bool = False
    ) -> ClockChoice:
        """Internal: return the clock that a run in this event loop has on its ports.

        Virtual time needs a loop that reports when it is idle; time and circuits are shared on terminals only.

        Args:
            loop: The event loop.
            terminals: The ports, each where it is a terminal.
            is_unplugged: Whether ports are unplugged and come back, each as another terminal.

        Raises:
            ClockUnavailableError: A clock was asked for by name that can't be had.
        """
        ports = list(terminals)
        if self.used == "real" and not self.circuits:
            return self
        from simisp.shared_time.clock_page import LINE_COUNT  # it needs ctypes, which a run in real time does without

        if None in ports:
            return self._without(f"no {self.used} time on this port", "time is shared with programs on a terminal only")
        if len(ports) > LINE_COUNT:
            why = f"it is shared on {LINE_COUNT} lines at most, and this has {len(ports)}"
            return self._without(f"no {self.used} time on so many lines", why)
        if self.used == "virtual" and is_unplugged:
            why = "it is shared on terminals that stay, and a port that is unplugged comes back as another one"
            return self._without("no virtual time with a port that is unplugged", why)
        if self.used == "virtual" and not reports_idleness(loop):
            why = f"{type(loop).__module__} does not report when its event loop is idle, as asyncio's own loop does"
            return self._without("no virtual time in this event loop", why)
        return self

    def beside(self, programs: Sequence[str]) -> ClockChoice:
        """Internal: return the clock that a run has whose ISP runs programs, which have real time.

        Args:
            programs: Their names.

        Raises:
            ClockUnavailableError: Virtual time was asked for by name.
        """
        if self.used != "virtual" or not programs:
            return self
        names = " and ".join(programs)
        return self._without(f"no virtual time with {names}", f"the ISP runs {names}, which has real time")

    def _without(self, what: str, why: str) -> ClockChoice:
        if self.asked not in ("auto", "real"):
            raise ClockUnavailableError(f"{what}: {why}")
        return replace(
            self, used="real", why=why if self.asked == "auto" else "", circuits=False,
            without_circuits=why if self.circuits else "",
        )  # fmt: skip

    def make(self, terminals: Mapping[str, Terminal | None]) -> ClientClock:
        """Internal: return the clock. To be called inside a running event loop.

        Args:
            terminals: The ports by the names of their lines, as :meth:`within` was given them.
        """
        shared = {name: terminal for name, terminal in terminals.items() if terminal is not None}
        if len(shared) < len(terminals) or (self.used == "real" and not self.circuits):
            return RealClock()
        # The code that inspects other processes is loaded only for a clock that needs it: a third of a run's start-up
        # time.
        from simisp.virtual_loop.clock import ScaledClock, VirtualClock

        if self.used == "virtual":
            return VirtualClock(shared, library())
        return ScaledClock(parse_clock(self.used)[1], shared.values(), library())


def parse_clock(text: str) -> tuple[str, float]:
    """Return the kind of clock and its factor.

    Raises:
        TypeError: It is no text.
        ValueError: The text is not a valid clock.

    Example:
        >>> parse_clock("virtual"), parse_clock("scaled:60")
        (('virtual', 1.0), ('scaled', 60.0))
    """
    if not isinstance(text, str):
        raise TypeError(f"a clock is a text such as 'virtual', not {text!r}")
    kind, colon, factor = text.partition(":")
    if kind not in _KINDS or (kind == "scaled") != bool(colon):
        raise ValueError(f"{text!r} is not a valid clock: use real, virtual, scaled:N or auto")
    from simisp.scenario.whole import finite_number  # a run of the command has loaded it; others need it for this alone

    if not colon:
        return kind, 1.0
    number = finite_number(factor)
    if number is None or not 0.001 <= number <= 100_000:
        raise ValueError(f"a scaled clock's factor must be from 0.001 to 100000, not {factor!r}")
    return kind, number


def choose_clock(asked: str, command: Sequence[str], *, circuits: bool = False) -> ClockChoice:
    """Return the clock for a command. With ``auto``, one that can't share time has real time, and the choice says why.

    Args:
        asked: As in ``--clock``.
        command: The program and its arguments; empty if the run has no command, for clients that can be provided with
            circuits and a scaled clock.
        circuits: Whether to provide modem circuits in real time too.

    Raises:
        ValueError: ``asked`` is not a valid clock.
        ClockUnavailableError: A command can't have the shared clock that was asked for by name.
    """
    kind, _ = parse_clock(asked)
    if kind == "real" and not circuits:
        return ClockChoice(asked)
    against = _against(command, served=kind in ("real", "scaled"))
    if kind == "real":
        return ClockChoice(asked, circuits=not against, without_circuits=against)
    if against and command and kind != "auto":
        raise ClockUnavailableError(f"no {kind} time for this command: {against} (--clock auto takes real time then)")
    if against:
        return ClockChoice(asked, "real", against, without_circuits=against if circuits else "")
    return ClockChoice(asked, "virtual" if kind == "auto" else asked, circuits=True)


def _against(command: Sequence[str], *, served: bool) -> str:
    """Return why the preload library can't be loaded into a command; empty if it can."""
    if not command and not served:
        return "there is no command to share time with"
    try:
        library()
    except PreloadUnavailableError as error:
        return str(error)
    if not command:
        return ""
    from simisp.shared_time.preloadable import carriage  # a run without a command asks about none

    program = carriage(command[0])
    return "" if program.shared else f"{program.program} can't share virtual time: {program.reason}"
