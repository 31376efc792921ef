"""pppd's chat, unmodified, in virtual time."""

from __future__ import annotations

import hashlib

import pytest

from simisp.shared_time.clock_page import Call
from support.rounds import rounds
from support.virtual_line import FarEnd, Outcome, VirtualLine, modem_and_isp

pytestmark = pytest.mark.runner("chat")

LOGIN = ["service:", "internet", "login:", "joe", "assword:", "pw"]


def chat(*script: str, timeout: int = 60) -> list[str]:
    return ["/usr/sbin/chat", "ABORT", "BUSY", "TIMEOUT", str(timeout), *script]


def dial(far_end: FarEnd, *script: str, timeout: int = 60) -> Outcome:
    with VirtualLine(far_end) as line:
        return line.run(chat("", "ATZ", "OK", "ATDT1", "CONNECT", "\\d\\c", *script, timeout=timeout))


def test_a_silent_isp_costs_chat_its_timeout_to_the_hundredth() -> None:
    outcome = dial(modem_and_isp(), *LOGIN)
    # 26.03 s until the user name is out (chat types a character each 10 ms), then TIMEOUT 60.
    assert (outcome.status, outcome.seconds) == (3, 86.03)


def test_a_whole_login_succeeds() -> None:
    isp = modem_and_isp({b"internet": [(1.0, b"login: ")], b"joe": [(0.5, b"Password: ")], b"pw": [(2.0, b"PPP\r\n")]})
    outcome = dial(isp, *LOGIN, "PPP", "\\c")
    assert (outcome.status, outcome.seconds) == (0, 28.56)
    assert outcome.line[-1] == (28.56, "S", b"PPP\r\n")


def test_every_run_gives_one_transcript() -> None:
    runs = [dial(modem_and_isp(), *LOGIN) for _ in range(rounds(6))]
    assert len({hashlib.sha256(repr(run.line).encode()).hexdigest() for run in runs}) == 1
    assert {(run.status, run.seconds) for run in runs} == {(3, 86.03)}


def test_the_chain_of_ninety_and_sixty_and_sixty_seconds_is_exact() -> None:
    with VirtualLine(FarEnd()) as line:
        outcome = line.run(chat("first-\\c-second-\\c-third", "", timeout=60))
        assert outcome.status == 3
        assert outcome.seconds == 180.0


def test_an_octet_at_the_very_instant_of_the_timeout_comes_first() -> None:
    with VirtualLine(FarEnd(opening=[(10.0, b"hello")])) as line:
        assert line.run(chat("hello", timeout=10)).status == 0


def test_an_octet_a_millisecond_after_the_timeout_is_too_late() -> None:
    with VirtualLine(FarEnd(opening=[(10.001, b"hello")])) as line:
        outcome = line.run(chat("hello", timeout=10))
        assert (outcome.status, outcome.seconds) == (3, 10.0)


def test_who_waits_is_known_while_chat_waits() -> None:
    with VirtualLine(FarEnd()) as line:
        child = line.start(chat("hello", timeout=10))
        try:
            line.clock.watch(child.pid)
            while not any(slot.on_line for _, slot in line.page.slots()):
                line.clock.step(None, horizon=1.0)
            (_, slot), *others = line.page.slots()
            assert (slot.pid, Call(slot.call), slot.descriptor, others) == (child.pid, Call.READ, 0, [])
        finally:
            child.kill()
            child.communicate()
