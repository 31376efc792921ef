"""Throws random input at targets until the time is over or something does not hold."""

from __future__ import annotations

import argparse
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random, SystemRandom
from types import FrameType

from fuzz.target import Case, Target
from fuzz.targets import TARGETS

__all__ = ["main"]

LIMIT = 20.0
"""Seconds of computing after which an input counts as one that hangs."""

_TRIES = 3000  # at most, in making a failing input smaller


class _TakesForEverError(Exception):
    """An input took more than :data:`LIMIT`."""


def main(arguments: Sequence[str]) -> int:
    """Run the targets; return the exit status: 1 when something does not hold."""
    names = [target.name for target in TARGETS]
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Throw random input at all targets, or at some: " + ", ".join(names) + ".",
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long, all targets together (600)")
    parser.add_argument("--seed", type=int, help="of the first input; the next one's is one more (a random one)")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    given = parser.parse_args(arguments)
    for name in given.targets:
        if name not in names:
            parser.error(f"no target {name!r}; known: {', '.join(names)}")
    chosen = [target for target in TARGETS if not given.targets or target.name in given.targets]
    seed = SystemRandom().randrange(10**9) if given.seed is None else given.seed
    results = [_run(target, seed, given.seconds / len(chosen)) for target in chosen]
    return 0 if all(results) else 1


def _run(target: Target, first: int, seconds: float) -> bool:
    """Try a target; return whether all held."""
    end = time.monotonic() + seconds
    seed = first
    while seed == first or time.monotonic() < end:
        case = target.make(Random(seed))
        failure = _failure(target, case)
        if failure is not None:
            _tell(target, seed, case, failure)
            return False
        seed += 1
    print(f"{target.name}: {seed - first} inputs from seed {first}, all held", flush=True)
    return True


def _failure(target: Target, case: Case) -> Exception | None:
    try:
        with _limited():
            target.check(*case)
    except Exception as error:  # noqa: BLE001 - any is what is looked for
        return error
    return None


def _tell(target: Target, seed: int, case: Case, failure: Exception) -> None:
    print(f"{target.name}: seed {seed} FAILS", flush=True)
    print("".join(traceback.format_exception(failure)), end="")
    print(f"again: python -m tests.fuzz --seconds 0 --seed {seed} {target.name}")
    small = case if isinstance(failure, _TakesForEverError) else _smaller(target, case, type(failure))
    print(f"input: {small!r}", flush=True)


@contextmanager
def _limited() -> Iterator[None]:
    """Raise when the body computes for too long. It is computing that counts, so a busy machine does no harm."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TakesForEverError(f"more than {LIMIT:g} seconds of computing")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


def _smaller(target: Target, case: Case, kind: type[Exception]) -> Case:
    """Return the input with all left out that the failure does not need."""
    tries = 0
    for index in range(len(case)):
        size = len(case[index]) if isinstance(case[index], str | bytes | tuple) else 0
        while size:
            start = 0
            while start < len(case[index]) and tries < _TRIES:
                value = case[index]
                candidate = (*case[:index], value[:start] + value[start + size :], *case[index + 1 :])
                tries += 1
                if type(_failure(target, candidate)) is kind:
                    case = candidate
                else:
                    start += size
            size //= 2
    return case
