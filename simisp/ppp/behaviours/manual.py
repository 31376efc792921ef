"""The table of bad behaviours as a page, ``docs/ppp-behaviours.md``."""

from __future__ import annotations

from simisp.ppp.behaviours.table import BEHAVIOURS, BehaviourRow

__all__ = ["manual_page"]

_HEAD = """\
# Bad behaviours of PPP

`ppp: {behaviour: NAME}` makes the ISP's PPP behave badly, in a way that a client was found to hang or fail on. The
last column is what pppd 2.4 comes to, unmodified, with its usual timers and `lcp-echo-interval 10 lcp-echo-failure 3`:
its exit status (5: the link came up and stayed so until a signal; 10: the negotiation failed; 15: no answer to echoes;
16: the modem hung up, which pppd also says after a time-out; 17: the line is looped back; 19: the log-in was refused),
and how many seconds after CONNECT that was; with 5, how many seconds after CONNECT the link was up. `make test-pppd`
plays them all, with each way to log in.

Some have a number that can be another one, by the key beside their name: `{behaviour: garbled frames, nth: 3}` is for
each third frame, `{behaviour: carrier gone, after: 20s}` for 20 s after the link has come up.

Two more are there without any bad behaviour: 8, where pppd's own script fails (the ISP is busy, or silent at a prompt),
and 11, where pppd wants the ISP to authenticate itself (`require-chap`): it has no name to do that with.

"""
_FOOT = """
*On and on* means that pppd does not end: it negotiates for as long as the ISP does.

This page is made from `simisp/ppp/behaviours/table.py` (`make docs`).
"""


def manual_page() -> str:
    """Return the page."""
    rows = "".join(map(_row, BEHAVIOURS.values()))
    return (
        f"{_HEAD}| behaviour | shows | what the ISP does | reported as | pppd |\n|---|---|---|---|---|\n{rows}{_FOOT}"
    )


def _row(row: BehaviourRow) -> str:
    options = f" (`{' '.join(row.options)}`)" if row.options else ""
    pppd = "on and on" if row.pppd is None else f"{row.pppd} after {row.seconds} s"
    endless = f"; with {row.endless_by.upper()} on and on" if row.endless_by else ""
    option = f" (`{row.make.option}`)" if row.make.option else ""
    return f"| `{row.name}`{option} | {row.place} | {row.what} | {row.reported} | {pppd}{options}{endless} |\n"
