"""The link and the mail host of a story, by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from simisp.machine import SendData
from simisp.mail.message import Message
from simisp.mail.smtp_server import HostBehaviour, MailAccepted
from simisp.ras.error_codes import Cause
from simisp.ras.phonebook import Protocol
from simisp.story.config import HostConfig
from simisp.story.link import NEGOTIATION, PPP_WAIT, DialUpLink
from simisp.story.mail_host import HostClosed, MailArrived, MailHostMachine
from support.narrowed import narrowed


def settle(link: DialUpLink, *, ready: bool) -> DialUpLink:
    while (due := link.next_timer()) is not None:
        link.handle_timer(isp_is_ready=ready, now=due)
    return link


def test_ppp_comes_up_with_an_isp_that_is_ready() -> None:
    link = DialUpLink(Protocol.PPP, now=10.0)
    assert link.next_timer() == 10.0 + NEGOTIATION
    assert settle(link, ready=True).is_up


def test_ppp_gives_up_on_an_isp_that_never_is() -> None:
    link = DialUpLink(Protocol.PPP, now=10.0)
    assert (settle(link, ready=False).is_up, link.cause) == (False, Cause.PPP_NO_RESPONSE)
    link.handle_timer(isp_is_ready=True, now=10.0 + 2 * PPP_WAIT)
    assert not link.is_up


def test_ppp_decides_nothing_before_its_time() -> None:
    link = DialUpLink(Protocol.PPP, now=10.0)
    link.handle_timer(isp_is_ready=True, now=10.5)
    assert (link.is_up, link.cause) == (False, None)


def test_slip_has_nothing_to_negotiate() -> None:
    link = DialUpLink(Protocol.SLIP, now=10.0)
    assert (link.is_up, link.next_timer()) == (True, None)


def say(host: MailHostMachine, *lines: str, now: float = 0.0) -> tuple[list[Any], bytes]:
    host.receive_data("".join(line + "\r\n" for line in lines).encode(), now=now)
    outputs = host.take_outputs()
    return outputs, b"".join(output.data for output in outputs if isinstance(output, SendData))


def opened(**config: Any) -> MailHostMachine:
    host = MailHostMachine(HostConfig(**config))
    host.open(now=0.0)
    host.take_outputs()
    return host


def test_a_host_takes_one_session_after_the_other() -> None:
    host = opened(sessions=(HostBehaviour.WELL, HostBehaviour.BUSY))
    outputs, _ = say(host, "QUIT")
    assert outputs[-1] == HostClosed()
    host.open(now=1.0)
    outputs = host.take_outputs()
    assert narrowed(outputs[0], SendData).data.startswith(b"421")
    assert host.sessions == 2


def test_a_host_that_was_left_hears_nothing() -> None:
    host = opened()
    host.close()
    assert say(host, "NOOP") == ([], b"")
    assert host.next_timer() is None
    host.handle_timer(now=9.0)


def test_a_host_relays() -> None:
    host = opened()
    outputs, _ = say(host, "HELO a", "MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "x", ".")
    assert [output for output in outputs if isinstance(output, MailAccepted)] == [
        MailAccepted("a@b", ("c@d",), b"x\r\n")
    ]


@pytest.mark.parametrize("asked", ["example.net", "@EXAMPLE.NET"])
def test_a_host_sends_what_waits_for_a_domain_once(asked: str) -> None:
    host = opened(
        waiting=[Message("1", "a@b", ("u@example.net",), b".x\n"), Message("2", "a@b", ("u@sub.example.net",), b"")]
    )
    outputs, _ = say(host, "EHLO a", f"ETRN {asked}")
    arrived = [output.mail for output in outputs if isinstance(output, MailArrived)]
    assert arrived == [MailAccepted("a@b", ("u@example.net",), b".x\r\n")]
    outputs, _ = say(host, f"ETRN {asked}")
    assert [output for output in outputs if isinstance(output, MailArrived)] == []


def test_a_host_that_was_turned_sends_and_closes() -> None:
    host = opened(waiting=[Message("1", "a@b", ("u@example.net",), b"x")])
    _, reply = say(host, "HELO a", "TURN")
    assert reply.endswith(b"250 your turn\r\n")
    _, hello = say(host, "220 us")
    assert hello == b"EHLO mail.isp.example\r\n"
    _, mail = say(host, "250 us", "250 ok", "250 ok", "354 go")
    assert mail.endswith(b"DATA\r\nx\r\n.\r\n")
    say(host, "250 ok")
    outputs, _ = say(host, "221 bye")
    assert outputs == [HostClosed()]
