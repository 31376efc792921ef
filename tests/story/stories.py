"""Parts of stories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simisp.facts.fact import details_of
from simisp.isp.accounts import Accounts
from simisp.isp.steps import Answer, CheckAccount, DialogueProgram, HangUp, ReadLine, Send, Silence, literal
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session_config import Isp, SessionConfig
from simisp.mail.config import ServiceConfig
from simisp.mail.message import Message
from simisp.mail.schedule import Every, Timetable
from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.story.config import StoryConfig
from simisp.story.play import play
from simisp.transcript import Transcript
from simisp.transcript.json_lines import record_line

SCRIPT = "ozemail.scp"
HOUR = 3600.0

NAIVE = compile_script(
    """
    proc main
      waitfor "ervice?"
      transmit "p^M"
      waitfor "sername:"
      transmit $USERID, raw
      transmit "^M"
      waitfor "assword:"
      transmit $PASSWORD, raw
      transmit "^M"
    endproc
    """
)
REPAIRED = compile_script(
    """
    proc main
      waitfor "ervice?" until 90
      if $SUCCESS then
        transmit "p^M"
        waitfor "sername:" until 60
        if $SUCCESS then
          transmit $USERID, raw
          transmit "^M"
          waitfor "assword:" until 60
          if $SUCCESS then
            transmit $PASSWORD, raw
            transmit "^M"
          endif
        endif
      endif
    endproc
    """
)


def asks(
    prompt: str, again: int, then: int, *, choices: tuple[tuple[Answer, int], ...] = (), **keywords: Any
) -> tuple[Send, ReadLine]:
    return Send(prompt, own_line=True), ReadLine(prompt, again=again, otherwise=then, choices=choices, **keywords)


SERVICE = asks("Service?", 0, 0, choices=((literal("p"), 2),))
SILENT_FROM_START = DialogueProgram((Silence(),), name="silent from start")
SILENT = DialogueProgram((*SERVICE, *asks("Username:", 2, 4), Silence()), name="silent")
HANGS_UP = DialogueProgram((*SERVICE, HangUp()), name="hangs up")
LOGIN = DialogueProgram(
    (
        *SERVICE,
        *asks("Username:", 2, 4, name="user"),
        *asks("Password:", 4, 6, name="password", echo=False, secret=True),
        CheckAccount("user", "password", attempts=3, accepted=8, refused=2, exhausted=7),
        HangUp(),
        Send("Entering PPP mode\n"),
    ),
    name="login",
)


def message(name: str) -> Message:
    return Message(name, "alice@example.net", ("bob@example.org",), f"Subject: {name}\n\nhello\n".encode())


def entry(**changes: Any) -> Entry:
    values: dict[str, Any] = {
        "number": "5551234",
        "port": "COM1",
        "script": PostConnectScript(SCRIPT),
        "user": "alice",
    } | changes
    return Entry("OzEmail", **values)


def story(
    *calls: DialogueProgram,
    script: Program | None = NAIVE,
    service: Mapping[str, Any] | None = None,
    outcome: CallOutcome = CallOutcome.ISP,
    the_entry: Entry | None = None,
    password: str = "wonderland",
    **changes: Any,
) -> StoryConfig:
    served: dict[str, Any] = {"entry": "OzEmail", "timetable": Timetable(Every(900)), "name": "alice.example"}
    served |= service or {}
    line = SessionConfig(
        exchange=Exchange(default=outcome),
        isp=Isp(programs=calls or (LOGIN,), accounts=Accounts({"alice": "wonderland"})),
    )
    return StoryConfig(
        line,
        ServiceConfig(**served),
        PhoneBook([the_entry or entry()]),
        {SCRIPT: script} if script else {},
        password=password,
        began=datetime.fromisoformat("1997-10-10 08:00"),
        **changes,
    )


class Played:
    """A story that was played, and questions about it."""

    def __init__(self, config: StoryConfig, until: float = HOUR) -> None:
        self.transcript = Transcript()
        self.station = play(config, until=until, transcript=self.transcript)

    @property
    def lines(self) -> list[str]:
        return [record_line(record) for record in self.transcript]

    def events(self, number: int) -> list[tuple[float, str]]:
        """When the events of a number were logged, and their texts."""
        return [(at, event.text) for at, event in self.station.events if event.id == number]

    def facts(self, what: str) -> list[Any]:
        return [(record.at, details_of(record.fact)) for record in self.transcript if record.fact.kind == what]

    @property
    def port_states(self) -> list[tuple[float, str]]:
        return [(at, details["state"]) for at, details in self.facts("port")]

    @property
    def calls(self) -> int:
        return self.station.dial_up.session.calls
