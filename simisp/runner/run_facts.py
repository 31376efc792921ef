"""What is known of a run only at its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

__all__ = ["RunFacts"]


@dataclass(slots=True)
class RunFacts:
    """What is known only at the end of a run.

    Attributes:
        released_after: Seconds from the port's first opening until it was finally free; None if it was never free.
        exit_status: The client's exit status; None if it has no exit status.
        calls: How many calls the ISP answered, or one line of a bank from another.
        locks: The lock files of the port, except those of the scenario itself, in words.
        opened: Whether the port was ever opened.
        has_client: Whether there is a command, whose exit status can be judged.
        isp_required: Whether a call has to reach the ISP; if not, and no call does, expectations about its dialogue
            are not judged.
        sees_speed: Whether the port shows the client's speed.
        sees_modes: Whether the port shows whether it is raw.
        sees_locks: Whether the port is one that lock files are made for.
        lock_names: The names of all lock files that are there, without folders.
        lines: The same of each line of a bank by itself; empty if there is no bank. Its calls are those that were
            answered on it, or that it made to another line.
    """

    released_after: Final[float | None]
    exit_status: Final[int | None]
    calls: Final[int]
    locks: Final[Sequence[str]] = ()
    opened: Final[bool] = True
    has_client: Final[bool] = True
    isp_required: Final[bool] = True
    sees_speed: Final[bool] = True
    sees_modes: Final[bool] = True
    sees_locks: Final[bool] = True
    lock_names: Final[Collection[str]] = ()
    lines: Final[Mapping[str, RunFacts]] = field(default_factory=dict)

    @classmethod
    def without_port(
        cls, released_after: float | None, exit_status: int | None, calls: int, isp_required: bool
    ) -> RunFacts:
        """Return what is known of a run in pure time: it has a client, and what a port would show is not seen."""
        return cls(released_after, exit_status, calls, (), True, True, isp_required, False, False, False)

    def held_on(self, lines: Collection[str] = ()) -> RunFacts:
        """Return these facts where the port is still held, of several lines those of these."""
        by_line = {name: each.held_on() if name in lines else each for name, each in self.lines.items()}
        return replace(self, opened=True, released_after=None, lines=by_line)

    def leniently(self) -> RunFacts:
        """Return these facts where a client may have left the ports unopened, and need not reach the ISP."""
        after = self.released_after if self.opened else 0.0
        by_line = {name: each.leniently() for name, each in self.lines.items()}
        return replace(self, opened=True, released_after=after, isp_required=False, lines=by_line)
