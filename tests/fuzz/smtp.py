"""SMTP from both sides, and the two sides with each other."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from fuzz.inputs import cut, cuts_of, flooded, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.machine import Output, SendData
from simisp.mail.message import Message, crlf
from simisp.mail.smtp_client import (
    ClientOutput,
    Etrn,
    MessageDeferred,
    MessageDelivered,
    MessageRefused,
    MessageWanted,
    SmtpClient,
    Turn,
)
from simisp.mail.smtp_server import HostBehaviour, MailAccepted, SmtpServer

__all__ = ["TARGETS"]

_BESIDES = 100_000  # what a host keeps besides what was said to it: its replies, and what it makes of them
_ROOM = 400_000  # a message, as large as they come here, and what it brought with it

_COMMANDS = [
    *(b"EHLO a\r\n", b"HELO a\r\n", b"EHLO\r\n", b"MAIL FROM:<a@b>\r\n", b"MAIL FROM:<>\r\n"),
    b"mail from: <a@b> SIZE=1\r\n",
    *(b"RCPT TO:<c@d>\r\n", b"RCPT TO:<>\r\n", b"RCPT TO:c@d\r\n", b"DATA\r\n", b"DATA now\r\n", b"RSET\r\n"),
    b"NOOP x\r\n",
    *(b"VRFY a\r\n", b"ETRN x\r\n", b"TURN\r\n", b"QUIT\r\n", b".\r\n", b"..\r\n", b"\r\n.\r\n", b".\n", b"\n"),
    *(b"\r", b"."),
    *(b"Subject: x\r\n", b"text", b"\xff\xfe\r\n", "MAIL FROM:<\u00e4@b>\r\n".encode(), b"x" * 3000, b"\0"),
]  # fmt: skip
_REPLIES = [
    *(b"220 isp\r\n", b"250 isp\r\n", b"250 isp\r\n", b"250-isp\r\n", b"250-SIZE 100\r\n", b"250 8BITMIME\r\n"),
    *(b"250 SMTPUTF8\r\n", b"354 go\r\n", b"421 closing\r\n", b"450 later\r\n", b"550 no\r\n", b"221 bye\r\n"),
    b"junk\r\n",
    *(b"250\r\n", b"250 x\n", b"2", b"50 x\r\n", b"999 x\r\n", b"\r\n", b"-", b"\xff\r\n"),
    *(b"250-" + b"x" * 2000 + b"\r\n", b"\0"),
]  # fmt: skip
_ADDRESSES = (
    "a@b",
    "bob@example.org",
    "",
    "ä@b",
    "a b@c",
    "<x>",
    "x" * 300,
    "\udcff@b",
    "c@d\r\nQUIT",
    "a" * 200 + "@b",
)
_CONTENT = (b"Subject: x\n", b"\n", b"\r\n", b"\r", b".", b"..\n", b".\r\n", b"text", b"\xff", b"\0", b"x" * 2000)


def _said(random: Random, words: list[bytes]) -> tuple[Event, ...]:
    events: list[Event] = []
    for _ in range(random.randint(1, 8)):
        data = flooded(random, octets(random, words))
        events.append(("octets", data, cuts_of(random, len(data))))
        if random.random() < 0.3:
            events.append(("wait", pause(random)))
    return tuple(events)


# The host ------------------------------------------------------------------------------------------------------------


def _made_server(random: Random) -> Case:
    orderly = ("octets", b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", ())
    said = _said(random, _COMMANDS)
    behaviour = random.choice([behaviour.name for behaviour in HostBehaviour] + ["WELL"] * 4)
    return behaviour, random.random() < 0.5, (orderly, *said) if random.random() < 0.6 else said


def _check_server(behaviour: str, grants: bool, said: tuple[Event, ...]) -> None:
    def make() -> tuple[SmtpServer, dict[str, Any]]:
        host = SmtpServer("isp", behaviour=HostBehaviour[behaviour], turns=grants, serves_queue=grants)
        host.start(now=0.0)
        return host, {}

    # A message may be far larger than anything here, so the host may keep all that was said, and little besides.
    check_cutting(make, said, sum(len(event[1]) for event in said if event[0] == "octets") + _BESIDES)


# The client ----------------------------------------------------------------------------------------------------------


class _Owner(SmtpClient):
    """A client whose messages are there as soon as it wants them."""

    def __init__(self, messages: list[Message], **arguments: Any) -> None:
        super().__init__([message.id for message in messages], **arguments)
        self._there = {message.id: message for message in messages}

    def take_outputs(self) -> list[ClientOutput]:
        taken: list[ClientOutput] = []
        while outputs := super().take_outputs():
            taken += outputs
            for output in outputs:
                if isinstance(output, MessageWanted):
                    self.give(self._there.get(output.id))
        return taken


def _made_messages(random: Random) -> tuple[tuple[str, tuple[str, ...], bytes], ...]:
    return tuple(
        (
            random.choice(_ADDRESSES),
            tuple(random.sample(_ADDRESSES, random.randint(0, 4))),
            b"".join(random.choice(_CONTENT) for _ in range(random.randint(0, 8))),
        )
        for _ in range(random.randint(0, 3))
    )


def _made_client(random: Random) -> Case:
    said = _said(random, _REPLIES)
    orderly = tuple(("octets", line, ()) for line in _REPLIES[:2])
    retrieval = random.choice((None, "turn", "etrn"))
    return _made_messages(random), retrieval, (*orderly, *said) if random.random() < 0.6 else said


def _check_client(
    messages: tuple[tuple[str, tuple[str, ...], bytes], ...], retrieval: str | None, said: tuple[Event, ...]
) -> None:
    queue = [Message(str(number), *message) for number, message in enumerate(messages)]

    def make() -> tuple[SmtpClient, dict[str, Any]]:
        way = {"turn": Turn(), "etrn": Etrn(("x", "y"))}.get(retrieval or "")
        return _Owner(queue, name="alice.example", retrieval=way), {}

    _check_reports(check_cutting(make, said, _ROOM).facts)


def _check_reports(facts: list[Output]) -> None:
    """Hold a client to one report for each recipient."""
    kinds = (MessageDelivered, MessageRefused, MessageDeferred)
    told = Counter((fact.id, who) for fact in facts if isinstance(fact, kinds) for who in fact.recipients)
    assert all(count == 1 for count in told.values()), f"told twice: {told}"


# Both ----------------------------------------------------------------------------------------------------------------


def _made_session(random: Random) -> Case:
    return _made_messages(random), tuple(random.randint(1, 200) for _ in range(random.randint(1, 6)))


def _check_session(messages: tuple[tuple[str, tuple[str, ...], bytes], ...], sizes: tuple[int, ...]) -> None:
    queue = [Message(str(number), *message) for number, message in enumerate(messages)]
    host, client = SmtpServer("isp"), _Owner(queue, name="a")
    host.start(now=0.0)
    seen: list[Output] = []
    while True:
        to_client, to_host = host.take_outputs(), client.take_outputs()
        if not to_client and not to_host:
            break
        seen += [*to_client, *to_host]
        for outputs, side in ((to_client, client), (to_host, host)):
            data = b"".join(output.data for output in outputs if isinstance(output, SendData))
            for piece in cut(data, [sum(sizes[:end]) for end in range(1, len(sizes) + 1)]):
                side.receive_data(piece, now=0.0)
    _check_reports(seen)
    assert host.over, "the session did not end"
    assert client.over, "the session did not end"
    taken = [output for output in seen if isinstance(output, MailAccepted)]
    sent = [output for output in seen if isinstance(output, MessageDelivered)]
    assert [output.recipients for output in taken] == [output.recipients for output in sent]
    for accepted, delivered in zip(taken, sent, strict=True):
        assert accepted.content == crlf(queue[int(delivered.id)].content)


TARGETS = [
    Target("smtp-server", _made_server, _check_server),
    Target("smtp-client", _made_client, _check_client),
    Target("smtp-session", _made_session, _check_session),
]
