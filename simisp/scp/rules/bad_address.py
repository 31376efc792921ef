"""SCP215: ``set ipaddr`` with an invalid address."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.address import getip_in, is_address
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for instruction, state in subject.steps(code.SetIpAddress):
        text = subject.paths.value(instruction.address, state)
        if isinstance(text, str) and not is_address(text) and getip_in(text) is None:
            message = f"'{text[:32]}' is not an IP address, and the script fails here"
            yield Finding(instruction.place, message, "an address is four numbers from 0 to 255, separated by dots")


RULE = Rule(
    code="SCP215",
    name="bad-address",
    severity=Severity.WARNING,
    title="`set ipaddr` with an invalid address",
    what="Finds each `set ipaddr` that some path reaches with a known text that is not an IPv4 address.",
    why="""\
The connection gets a wrong address, or no address. With SLIP nothing else sets the workstation's address, so all seems
well until the first packet.""",
    example="""\
proc main
  set ipaddr "11.543.23.13"
endproc""",
    instead="""\
proc main
  set ipaddr "11.54.23.13"
endproc""",
    source="The language's documentation on `set ipaddr`; RFC 1123, section 2.1, on the dotted form.",
    check=_check,
)
