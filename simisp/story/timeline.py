"""A story as a time line: what an administrator and an observer of the line would note down."""

from __future__ import annotations

from simisp.facts import dial_up, isp, line, story
from simisp.facts.fact import Fact
from simisp.transcript import Record

__all__ = ["line_of"]


def line_of(record: Record) -> str | None:
    """Return a record's line of the time line, or None for a record that has no line there.

    Example:
        >>> from simisp.facts.dial_up import ScriptEnded
        >>> from simisp.transcript import Source
        >>> line_of(Record(121.0, Source.CLIENT, ScriptEnded(102, "killed")))
        '   0:02:01.000  script   pid 102 has ended: killed'
    """
    text = _by_people(record.fact) or _by_the_isp(record.fact) or _by_the_dialler(record.fact)
    return None if text is None else f"{_clock(record.at):>14}  {text}"


def _by_people(fact: Fact) -> str | None:
    match fact:
        case story.MailQueued(message, _, recipients):
            return f"mail     {message} for {', '.join(recipients)} is queued"
        case story.MailRelayed(sender, recipients):
            return f"isp      the mail host takes mail from {sender} to {', '.join(recipients)}"
        case story.ServiceRestarted():
            return "admin    the mail service is restarted"
        case story.PortFreed(ended):
            return f"admin    the port is released: {'ended ' + ', '.join(ended) if ended else 'no process held it'}"
        case story.ScriptInstalled(path):
            return f"admin    the script {path} is replaced"
    return None


def _by_the_isp(fact: Fact) -> str | None:
    match fact:
        case line.CallAnswered(call, dialogue):
            return f"isp      answers call {call} ({dialogue})"
        case line.CallEnded(call, by):
            return f"isp      call {call} is over, ended by the {by}"
        case isp.FellSilent():
            return "isp      falls silent"
        case isp.LogInAccepted(user):
            return f"isp      accepts the log-in of {user}"
        case isp.LogInRefused(user):
            return f"isp      refuses the log-in of {user}"
    return None


def _by_the_dialler(fact: Fact) -> str | None:
    match fact:
        case dial_up.PortHeld(port, state, holders):
            return f"port     {port} is {state.value}" + (f", held by {', '.join(holders)}" if holders else "")
        case dial_up.ScriptStarted(pid, script):
            return f"script   pid {pid} runs {script}"
        case dial_up.ScriptEnded(pid, how):
            return f"script   pid {pid} has ended: {how}"
        case dial_up.ScriptLeftRunning(pid, waits_for):
            return f"script   pid {pid} is left running, waiting for {waits_for or '?'}"
        case dial_up.RedialScheduled(error):
            return f"ras      {error} Dialling again."
        case dial_up.EventRecorded(number, logged_by, text):
            return f"event    {number} {logged_by}: {text}"
    return None


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"
