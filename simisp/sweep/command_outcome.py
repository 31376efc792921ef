"""What came of a run with a command, as a sweep has it: from the verdict and the transcript.

A program says nothing about where it stands. Two things are known: the call that it is blocked in, if it is, and the
last line that it has sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from simisp.facts.fact import Fact
from simisp.facts.line import Octets
from simisp.facts.sources import Source
from simisp.forensics.report import Holder
from simisp.machine import Received, SendData
from simisp.runner.hang import WhoWaits
from simisp.runner.verdict import ClientReport, Verdict, VerdictKind
from simisp.sweep.client import Sending
from simisp.sweep.outcome import CaseOutcome, Stand
from simisp.sweep.watch import PureWatch
from simisp.transcript import Record

__all__ = ["conduct_of", "outcome_of"]

_SECRET = "a password"  # noqa: S105 - the word for one
_NOTHING = "[nothing]"
_MOST_SHOWN = 40
_MOST_LINES = 2000
"""How many lines are compared of a client that never ends."""
_LINE_END = re.compile(rb"[\r\n\x1a]+")
_NUMBERED = re.compile(r"(pts-?|pts/|tty\w*?|LCK\.\.\w*?)\d+")


class _NothingKnown:
    """Knows nothing of the moments at which a client sent something."""

    def about(self, output: SendData) -> Sending | None:
        """Return nothing."""
        return None


def outcome_of(
    verdict: Verdict,
    records: Iterable[Record],
    secrets: Sequence[bytes],
    *,
    name: str,
    cut_short: str = "",
    computed: bool = False,
    with_conduct: bool = False,
) -> CaseOutcome:
    """Return what came of a run.

    Args:
        verdict: The verdict.
        records: What happened, unmasked.
        secrets: The passwords.
        name: The name of the client's program.
        cut_short: Why the sweep ended the run; empty if it did not.
        computed: Whether that was because the client computed and computed.
        with_conduct: Whether what the client did is to be compared with the undisturbed run.
    """
    records = list(records)
    watch = _watched(records, secrets)
    lines = conduct_of(records, secrets)
    hang, client = verdict.hang, verdict.client
    assert client is not None, "it was run with a command"
    ended = client.exit_status is not None or client.signal is not None
    stand = _stand(verdict, name, lines)
    spinning = computed or _spins(verdict, cut_short)
    return CaseOutcome(
        verdict.kind,
        cut_short or verdict.reason,
        verdict.at,
        client.exit_status,
        client.signal,
        waits="" if hang is None else hang.waits.value,
        proven=hang is not None and hang.proven,
        until=None if hang is None else hang.until,
        calls=verdict.calls,
        dialled=watch.dialled,
        reached=tuple(watch.reached),
        broken=tuple(result.expectation for result in verdict.expectations if result.held is False),
        stand=stand,
        secrets=tuple(watch.secrets),
        spinning=stand if spinning else None,
        crashed=_crash(verdict, client, cut_short, spinning=spinning),
        held_by=_holders(verdict) if ended and verdict.kind is VerdictKind.HANG else (),
        orphans=tuple(sorted(client.left_behind)) if ended and verdict.kind is not VerdictKind.HANG else (),
        locks=_locks(client, verdict) if ended else (),
        conduct="\n".join(lines or [_NOTHING]) if with_conduct else "",
    )


def conduct_of(records: Iterable[Record], secrets: Sequence[bytes]) -> list[str]:
    r"""Return the lines that a client sent, each password as one word, whatever it is.

    Example:
        >>> from simisp.facts.sources import Source
        >>> from simisp.transcript.record import octets_record
        >>> sent = [octets_record(0.0, Source.CLIENT, text) for text in (b"AT", b"E0\r", b"x hun\r")]
        >>> conduct_of(sent, [b"hun"])
        ['ATE0', 'x [a password]']
    """
    sent = b"".join(r.fact.data for r in records if isinstance(r.fact, Octets) and r.sender is Source.CLIENT)
    for secret in sorted(secrets, key=len, reverse=True):
        sent = sent.replace(secret, f"[{_SECRET}]".encode())
    lines = [line.decode("latin-1") for line in _LINE_END.split(sent)[:_MOST_LINES]]
    return [line for line in lines if line]


def _watched(records: Sequence[Record], secrets: Sequence[bytes]) -> PureWatch:
    """Return what a run has come to, and where passwords went."""
    watch = PureWatch(_NothingKnown(), [secret.decode("latin-1") for secret in secrets])
    for record in records:
        fact = record.fact
        if isinstance(fact, Octets):
            if record.sender is Source.CLIENT:
                watch.line_put_out([Received(fact.data, fact.secrets)], now=record.at)
        elif isinstance(fact, Fact):
            watch.line_put_out([fact], now=record.at)
    return watch


def _stand(verdict: Verdict, name: str, lines: Sequence[str]) -> Stand:
    """Return where a client stood: the call that it is blocked in, and what it had sent last."""
    last = f"after sending {_short(lines[-1])}" if lines else "before it sent anything"
    if verdict.kind is not VerdictKind.HANG:
        return Stand(f"{name}, {last}")
    holder, call = _blocked(verdict, name)
    return Stand(f"{holder}: {call}, {last}" if call else f"{holder}, {last}")


def _short(line: str) -> str:
    return repr(line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 3]}...")


def _blocked(verdict: Verdict, name: str) -> tuple[str, str]:
    """Return which program holds the port, and the call that it is blocked in; empty if it is not known."""
    holders = verdict.report.holders if verdict.report is not None else ()
    for holder in sorted(holders, key=lambda each: not any(thread.on_port for thread in each.threads)):
        calls = [thread.wait.call for thread in holder.threads if thread.wait.call]
        on_port = [thread.wait.call for thread in holder.threads if thread.on_port and thread.wait.call]
        waits = [one for one in (verdict.hang.participants if verdict.hang else ()) if one.pid == holder.pid]
        shared = [one.call for one in sorted(waits, key=lambda one: not one.on_line)]
        found = next(iter((*on_port, *shared, *calls)), "")
        return _program(holder), f"{found}()" if found else ""
    return name, ""


def _program(holder: Holder) -> str:
    return Path(holder.command.split(" ")[0]).name or "a process"


def _holders(verdict: Verdict) -> tuple[str, ...]:
    return () if verdict.report is None else tuple(sorted({_program(holder) for holder in verdict.report.holders}))


def _locks(client: ClientReport, verdict: Verdict) -> tuple[str, ...]:
    """Return the lock files that a command has left behind; one that SIGKILL ended could not remove them."""
    if client.signal == "SIGKILL" and any("scenario sent SIGKILL" in each for each in verdict.client_faults):
        return ()
    return tuple(_NUMBERED.sub(r"\1N", Path(path).name) for path in client.locks_removed)


def _spins(verdict: Verdict, cut_short: str) -> bool:
    if verdict.hang is not None and verdict.hang.waits in (WhoWaits.SPINNING, WhoWaits.LIVE_LOCK):
        return True
    return not cut_short and verdict.kind is VerdictKind.CUT_SHORT


def _crash(verdict: Verdict, client: ClientReport, cut_short: str, *, spinning: bool) -> str:
    if cut_short:
        return "" if spinning else cut_short
    was_ended = client.gave_up_at is not None or any("scenario sent SIG" in each for each in verdict.client_faults)
    if client.signal is None or was_ended or spinning:
        return ""
    return f"{client.signal} ended it"
