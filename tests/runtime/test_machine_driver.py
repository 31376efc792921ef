"""The driver of any machine: outputs are acted on in order until none is left, and one timer is armed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simisp.runtime.machine_driver import MachineDriver


class Timer:
    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self.when, self.callback, self.cancelled = when, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    passes = True

    def __init__(self) -> None:
        self.time = 0.0
        self.timers: list[Timer] = []

    def now(self) -> float:
        return self.time

    def call_at(
        self, when: float, callback: Callable[[], None], *, passive: bool = False, settled: bool = False
    ) -> Timer:
        self.timers.append(Timer(when, callback))
        return self.timers[-1]

    def close(self) -> None: ...

    @property
    def armed(self) -> list[float]:
        return [timer.when for timer in self.timers if not timer.cancelled]

    def ring(self) -> None:
        timer = next(timer for timer in self.timers if not timer.cancelled)
        self.timers.remove(timer)
        self.time = timer.when
        timer.callback()


class Counter:
    """Says each number that it is told, and one a second afterwards, down to 0."""

    def __init__(self) -> None:
        self.deadline: float | None = None
        self._count = 0
        self._outputs: list[int] = []

    def tell(self, count: int, *, now: float) -> None:
        self._count = count
        self._outputs.append(count)
        self.deadline = now + 1.0 if count else None

    def handle_timer(self, *, now: float) -> None:
        if self.deadline is not None and now >= self.deadline:
            self.tell(self._count - 1, now=now)

    def next_timer(self) -> float | None:
        return self.deadline

    def take_outputs(self) -> list[int]:
        outputs, self._outputs = self._outputs, []
        return outputs


def driven() -> tuple[Counter, Clock, MachineDriver[int], list[tuple[int, float]]]:
    machine, clock, said = Counter(), Clock(), list[tuple[int, float]]()

    def put_out(outputs: Sequence[int], now: float) -> None:
        said.extend((output, now) for output in outputs)

    return machine, clock, MachineDriver(machine, clock, put_out), said


def test_a_machine_is_driven_to_its_end() -> None:
    machine, clock, driver, said = driven()
    driver.report(machine.tell, 2)
    clock.ring()
    clock.ring()
    assert said == [(2, 0.0), (1, 1.0), (0, 2.0)]
    assert clock.armed == []


def test_one_timer_is_armed_at_a_time_and_not_again_for_the_same_time() -> None:
    machine, clock, driver, _ = driven()
    driver.report(machine.tell, 5)
    driver.settle()
    assert len(clock.timers) == 1
    clock.time = 0.5
    driver.report(machine.tell, 5)
    assert clock.armed == [1.5]
    driver.stop()
    assert clock.armed == []


def test_what_the_machine_is_told_while_its_outputs_are_acted_on_is_put_out_afterwards() -> None:
    machine, clock = Counter(), Clock()
    said: list[int] = []

    def put_out(outputs: Sequence[int], now: float) -> None:
        said.extend(outputs)
        if outputs == [3]:
            machine.tell(7, now=now)

    MachineDriver(machine, clock, put_out).report(machine.tell, 3)
    assert said == [3, 7]


def test_an_owner_may_act_itself_when_the_time_has_come() -> None:
    machine, clock = Counter(), Clock()
    rang: list[float] = []
    driver = MachineDriver(machine, clock, lambda outputs, now: None, due=lambda: rang.append(clock.time))
    driver.report(machine.tell, 1)
    clock.ring()
    assert rang == [1.0]


def test_without_a_clock_time_stands_and_no_timer_runs() -> None:
    machine = Counter()
    driver = MachineDriver(machine, None, lambda outputs, now: None)
    driver.report(machine.tell, 1)
    assert driver.now == 0.0
