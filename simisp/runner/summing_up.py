"""What a run comes to, from how it ended: the same words for a command on a port and for a client in pure time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simisp.runner.expectations import broken
from simisp.runner.hang import Hang
from simisp.runner.verdict import ExpectationResult, VerdictKind

__all__ = ["RunEnd", "sum_up"]

_RELEASED = VerdictKind.RELEASED  # a member of an Enum is slow to look up


@dataclass(slots=True)
class RunEnd:
    """How a run ended.

    Attributes:
        opened: Whether the port was ever opened.
        client: How the client ended, in words; empty while it runs.
        gave_up_at: When the dialler's patience ended; None when it did not.
        stands_still: Whether nothing can happen any more, so that time has nowhere to go.
        grace: For how many seconds the port could be held after the client's end or the dialler's giving up.
        latest: When the verdict was due at the latest.
    """

    opened: Final[bool]
    client: Final[str]
    gave_up_at: Final[float | None]
    stands_still: Final[bool]
    grace: Final[float]
    latest: Final[float]


def sum_up(
    end: RunEnd,
    results: Sequence[ExpectationResult],
    hang: Hang | None,
    shortfall: str,
    *,
    held_lines: Sequence[str] = (),
) -> tuple[VerdictKind, str]:
    """Return the verdict and why.

    Args:
        end: How the run ended.
        results: The scenario's expectations.
        hang: What kind of hang it is; None when the port is free.
        shortfall: Why nothing was tried that a verdict could be about; empty when it was.
        held_lines: The names of the lines whose ports are held, of several lines.
    """
    if hang is not None:
        return VerdictKind.HANG, f"{_why_hang(end, held_lines)}{hang.describe(several=len(held_lines) > 1)}"
    failed = broken(results)
    if not end.opened and shortfall:
        return VerdictKind.FAILED, "; ".join([shortfall, *failed])
    if failed or shortfall:
        return VerdictKind.FAILED, "the port came free, but " + "; ".join([*filter(None, [shortfall]), *failed])
    return _RELEASED, _why_released(end)


def _why_hang(end: RunEnd, lines: Sequence[str]) -> str:
    grace = "" if end.stands_still else f" {end.grace:g} s later"
    port = _port_of(lines)
    are = "are" if len(lines) > 1 else "is"
    if end.gave_up_at is not None:
        return f"the dialler gave up after {end.gave_up_at:.1f} s and {port} {are} still held{grace}"
    if end.client:
        return f"the command ended ({end.client}), and {port} {are} still held{grace}"
    if end.stands_still:
        return f"the command holds {port}"
    return f"the command still holds {port} after {end.latest:g} s"


def _port_of(lines: Sequence[str]) -> str:
    """Return the ports of some lines in words.

    Example:
        >>> _port_of([]), _port_of(["fax"]), _port_of(["1", "2", "fax"])
        ('the port', 'the port of line fax', 'the ports of lines 1, 2 and fax')
    """
    if len(lines) < 2:
        return f"the port of line {lines[0]}" if lines else "the port"
    return f"the ports of lines {', '.join(lines[:-1])} and {lines[-1]}"


def _why_released(end: RunEnd) -> str:
    if not end.opened:
        return "the port is free; the command never opened it"
    if not end.client:
        return "the port is free, though the command still runs"
    return "the port came free"
