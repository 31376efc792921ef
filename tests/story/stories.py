"""Parts of stories."""

from __future__ import annotations

from datetime import datetime

from simisp.facts.fact import details_of
from simisp.isp.accounts import Accounts
from simisp.isp.steps import Answer, CheckAccount, DialogueProgram, HangUp, ReadLine, Send, Silence, literal
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session import Isp, SessionConfig
from simisp.mail.config import ServiceConfig
from simisp.mail.message import Message
from simisp.mail.schedule import Every, Timetable
from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript
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


def asks(prompt, again, then, *, choices: tuple[tuple[Answer, int], ...] = (), **keywords):
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


def message(name):
    return Message(name, "alice@example.net", ("bob@example.org",), f"Subject: {name}\n\nhello\n".encode())


def entry(**changes):
    values = {"number": "5551234", "port": "COM1", "script": PostConnectScript(SCRIPT), "user": "alice"} | changes
    return Entry("OzEmail", **values)


def story(*calls, script=NAIVE, service=(), outcome=CallOutcome.ISP, the_entry=None, password="wonderland", **changes):
    line = SessionConfig(
        exchange=Exchange(default=outcome),
        isp=Isp(programs=calls or (LOGIN,), accounts=Accounts({"alice": "wonderland"})),
    )
    return StoryConfig(
        line,
        ServiceConfig(
            **({"entry": "OzEmail", "timetable": Timetable(Every(900)), "name": "alice.example"} | dict(service))
        ),
        PhoneBook([the_entry or entry()]),
        {SCRIPT: script} if script else {},
        password=password,
        began=datetime.fromisoformat("1997-10-10 08:00"),
        **changes,
    )


class Played:
    """A story that was played, and questions about it."""

    def __init__(self, config, until=HOUR):
        self.transcript = Transcript()
        self.station = play(config, until=until, transcript=self.transcript)

    @property
    def lines(self):
        return [record_line(record) for record in self.transcript]

    def events(self, number):
        """When the events of a number were logged, and their texts."""
        return [(at, event.text) for at, event in self.station.events if event.id == number]

    def facts(self, what):
        return [(record.at, details_of(record.fact)) for record in self.transcript if record.fact.kind == what]

    @property
    def port_states(self):
        return [(at, details["state"]) for at, details in self.facts("port")]

    @property
    def calls(self):
        return self.station.dial_up.session.calls
