"""SCP205: a script that can take longer than its caller waits."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.analysis.timing import Stop, longest_path
from simisp.scp.rules.rule import Finding, Rule, Settings, Subject

__all__ = ["RULE"]

_STOPS_SHOWN = 6


def _check(subject: Subject) -> Iterator[Finding]:
    give_up = subject.settings.give_up
    stops = None if give_up is None else longest_path(subject.paths)
    if give_up is None or not stops or stops[-1].elapsed <= give_up:
        return
    passed = next(stop for stop in stops if stop.elapsed > give_up)
    message = (
        f"the waits can take {stops[-1].elapsed} s in all, but the caller gives up after {give_up:g} s, in this wait"
    )
    yield Finding(passed.instruction.place, message, f"the longest path: {_way(stops)}")


def _way(stops: tuple[Stop, ...]) -> str:
    way = [f"{stop.seconds} s in line {stop.instruction.place.line}" for stop in stops[:_STOPS_SHOWN]]
    rest = stops[_STOPS_SHOWN:]
    if rest:
        way.append(f"{sum(stop.seconds for stop in rest)} s in {len(rest)} further waits")
    return ", ".join(way)


RULE = Rule(
    code="SCP205",
    name="longer-than-give-up",
    severity=Severity.WARNING,
    title="waits that together last longer than the caller of the script waits",
    what="""\
Adds up the limits of all waits and delays on the path that takes longest, the rounds of counting loops included, and
compares the sum with the time after which the caller gives up (`--give-up`). Without that time it reports nothing.""",
    why="""\
A script with limits still holds the port for their sum. If the program that dialled gives up earlier, the script
processor is left behind and holds the port for the rest of that time; an attempt to dial meanwhile fails with 633.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
    waitfor "assword:" until 60
  endif
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 40
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
    waitfor "assword:" until 15
  endif
endproc""",
    settings=Settings(give_up=60.0),
    source="Microsoft KB 175410: the script must have stopped by the time the service disconnects.",
    check=_check,
)
