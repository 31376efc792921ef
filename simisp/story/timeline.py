"""A story as a time line: what an administrator, and whoever watches the line, would note down."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.transcript import Record, Source

__all__ = ["line_of"]

_FACTS: Mapping[str, str] = {
    "mail queued": "mail     {message} for {recipients} is queued",
    "mail relayed": "isp      the mail host takes mail from {sender} to {recipients}",
    "service restarted": "admin    the mail service is stopped and started again",
    "port released": "admin    the port is released: ended {ended}",
    "script installed": "admin    another script is put in place of {path}",
    "call answered": "isp      answers call {call} ({dialogue})",
    "silent": "isp      falls silent",
    "log-in accepted": "isp      accepts the log-in of {user}",
    "log-in refused": "isp      refuses the log-in of {user}",
    "call ended": "isp      call {call} is over, ended by the {by}",
    "script started": "script   pid {pid} runs {script}",
    "script ended": "script   pid {pid} has ended: {how}",
    "script left running": "script   pid {pid} is left running, waits for {waits_for}",
    "redial": "ras      {error} It is dialled again.",
    "event": "event    {id} {logged_by}: {text}",
}
_PORT = "port     {port} is {state}"


def line_of(record: Record) -> str | None:
    """Return the line of the time line that a record makes, or None for one that makes none.

    Example:
        >>> line_of(Record(121.0, Source.CLIENT, "script ended", details={"pid": 102, "how": "killed"}))
        '   0:02:01.000  script   pid 102 has ended: killed'
    """
    if record.source is Source.PORT and record.what == "port":
        holders = record.details.get("holders")
        text = _PORT.format(**record.details) + (f", held by {holders}" if holders else "")
    elif record.what in _FACTS:
        text = _FACTS[record.what].format_map(_Lenient(record.details))
    else:
        return None
    return f"{_clock(record.at):>14}  {text}"


class _Lenient(dict[str, object]):
    """Details of which one may be missing."""

    def __missing__(self, key: str) -> str:
        return "?"


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"
