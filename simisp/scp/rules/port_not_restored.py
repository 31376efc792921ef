"""SCP203: port settings for the dialogue that are still in force when PPP starts."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.edits import Edit
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import PortSetting

__all__ = ["RULE"]

_FOR_PPP = {PortSetting.DATABITS: "8", PortSetting.PARITY: "none", PortSetting.STOPBITS: "1"}


def _check(subject: Subject) -> Iterator[Finding]:
    for _, state in subject.steps(code.End):
        for at in state.framing:
            setting = None if at is None else subject.paths.instruction(at)
            if isinstance(setting, code.SetPort) and setting.value != _FOR_PPP[setting.setting]:
                needed = f"set port {setting.setting.value} {_FOR_PPP[setting.setting]}"
                message = f"{setting.setting.value} {setting.value} is still in force when a path reaches 'endproc'"
                hint = f"PPP needs eight data bits without parity: '{needed}' before 'endproc'"
                yield Finding(setting.place, message, hint, _before_the_end(subject, needed))


def _before_the_end(subject: Subject, line: str) -> tuple[Edit, ...]:
    main = subject.main
    assert main is not None
    assert main.end is not None
    return (subject.layout.before(main.end, [line], like=main.body[-1].place, shared=True),)


RULE = Rule(
    code="SCP203",
    name="port-not-restored",
    severity=Severity.WARNING,
    title="port settings that are not restored before `endproc`",
    what="""\
Finds each `set port` that is still in force at `endproc` on some path, failures included, and is not what PPP needs:
eight data bits, no parity, one stop bit.""",
    why="""\
Some log-in dialogues require seven data bits and even parity. PPP sends octets of eight bits; with seven, or with a
parity bit that the other side does not expect, each of its frames arrives damaged, and the connection fails after a
successful log-in.""",
    example="""\
proc main
  set port databits 7
  set port parity even
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
    set port databits 8
    set port parity none
  endif
endproc""",
    instead="""\
proc main
  set port databits 7
  set port parity even
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
  set port databits 8
  set port parity none
endproc""",
    fix="Adds the missing `set port` lines before `endproc`.",
    source="The language's documentation on `set port`; scripts in use; RFC 1662, section 2, on octets.",
    check=_check,
)
