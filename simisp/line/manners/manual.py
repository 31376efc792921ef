"""The manual page of bad manners, generated from their table."""

from __future__ import annotations

from simisp.line.manners.table import MANNERS
from simisp.line.manners.turn import MannerRow

__all__ = ["manual_page"]

_ELSEWHERE = (
    "",
    "Others are keys of the modem of their own (`scenarios.md`):",
    "",
    "| what the modem does | key |",
    "|---|---|",
    "| what is sent at another rate than the modem's is garbled, both ways | `rate: {fixed: 9600}` |",
    "| unsolicited results come again and again, or are tied to a command | `unsolicited` |",
    "| some commands have answers of their own, late, in pieces, or none | `commands` |",
    "| the modem is deaf for a while after an event; other texts ask for a message | `conduct` |",
    "| the multiplexer misbehaves | `cmux` |",
)

_INTRODUCTION = (
    "# Bad manners",
    "",
    "What real modems do to their answers, and which public report of a broken program each manner comes from. A",
    "scenario switches them on:",
    "",
    "```yaml",
    "title: A modem whose answers are interrupted and late",
    "modem:",
    "  profile: gsm",
    "  manners:",
    "    urc before result: yes                        # as usual",
    '    late answers: {after: 6s, to: ["+CSQ"], times: 1}   # with options',
    "isp:",
    "  dialogue: [silence]",
    "```",
    "",
    "They act in the order of this table, whatever the order in the scenario. A manner that acts on answers has the",
    "options `to` (the command lines that it acts on, without `AT`; a `*` at the end is anything), `first` (the first",
    "of them, counted from 1) and `times` (how many). What the far end of a call sends is never altered.",
    "",
    "`simisp list --public WORD` finds the scenario that was made from a report, by program, number or symptom. The",
    "tests play each of them with a client that fails in it as reported, and with one that does not.",
    "",
    "| manner | what the modem does | options, with their usual values | report |",
    "|---|---|---|---|",
)


def manual_page() -> str:
    """Return the manners as a Markdown table.

    Example:
        >>> [line for line in manual_page().splitlines() if line.startswith("| `no echo`")]
        ['| `no echo` | nothing is echoed, although E1 is answered with OK | yes or no | gammu/gammu#1220 |']
    """
    rows = (
        f"| `{row.name}` | {row.what} | {_options(row)} | {', '.join(row.reports) or 'none known'} |"
        for row in MANNERS.values()
    )
    return "\n".join((*_INTRODUCTION, *rows, *_ELSEWHERE)) + "\n"


def _options(row: MannerRow) -> str:
    defaults = row.defaults
    values = {
        "text": f"`{defaults.text}`" if defaults.text else "",
        "after": f"{defaults.after:g} s",
        "octets": str(defaults.octets),
        "to": "",
        "first": "",
        "times": "" if defaults.times is None else str(defaults.times),
    }
    said = [f"`{name}`" + (f" ({value})" if value else "") for name, value in values.items() if name in row.all_options]
    return ", ".join(said) or "yes or no"
