"""The common part of all drivers of machines: act on the outputs, arm one timer for the machine's next time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from simisp.runtime.clock import Clock, Timer

__all__ = ["MachineDriver"]

_Output = TypeVar("_Output")
_Output_co = TypeVar("_Output_co", covariant=True)


class _Driven(Protocol[_Output_co]):
    """The methods of a :class:`~simisp.machine.Machine` that its driver calls, with the type of its outputs."""

    def handle_timer(self, *, now: float) -> None: ...

    def next_timer(self) -> float | None: ...

    def take_outputs(self) -> Sequence[_Output_co]: ...


class MachineDriver(Generic[_Output]):
    """Drives one machine; its owner acts on the outputs.

    After each report to the machine its owner calls :meth:`settle`, or reports by :meth:`report`.

    Args:
        machine: The machine.
        clock: The clock. With None the time stays 0.0, and no timer ever runs out.
        put_out: Called with the outputs, in order, and the time. Outputs that arise meanwhile are passed afterwards.
        due: Called at the machine's next time, instead of its ``handle_timer``; calls :meth:`settle`.
    """

    __slots__ = ("_armed_for", "_clock", "_due", "_machine", "_put_out", "_timer")

    def __init__(
        self,
        machine: _Driven[_Output],
        clock: Clock | None,
        put_out: Callable[[Sequence[_Output], float], None],
        *,
        due: Callable[[], None] | None = None,
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._put_out = put_out
        self._due = due
        self._timer: Timer | None = None
        self._armed_for: float | None = None

    @property
    def now(self) -> float:
        """The time."""
        return 0.0 if self._clock is None else self._clock.now()

    def report(self, verb: Callable[..., None], *details: object, **named: object) -> None:
        """Report something to the machine by one of its methods, now, and act on the outputs."""
        verb(*details, now=self.now, **named)
        self.settle()

    def settle(self) -> None:
        """Act on all outputs until there are none left, and arm the timer."""
        self.put_out()
        self.arm(self._machine.next_timer())

    def put_out(self) -> None:
        """Act on all outputs until there are none left. The timer is unchanged."""
        while outputs := self._machine.take_outputs():
            self._put_out(outputs, self.now)

    def arm(self, deadline: float | None) -> None:
        """Arm the timer for a time; None disarms it."""
        if deadline == self._armed_for or self._clock is None:
            return
        self.stop()
        if deadline is not None:
            self._armed_for = deadline
            self._timer = self._clock.call_at(deadline, self._ring)

    def stop(self) -> None:
        """Disarm the timer. Calling it again does nothing."""
        self._armed_for = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._armed_for = self._timer = None
        if self._due is not None:
            self._due()
        else:
            self.report(self._machine.handle_timer)
