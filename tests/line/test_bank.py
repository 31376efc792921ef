"""Lines of a bank call each other: rings, answers, data both ways, hang-up seen by both, hunt groups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simisp.circuits import Circuit
from simisp.facts.line import CallAnswered, CallEnded, CallHandedOver, Dialled
from simisp.isp.dialogue import Dialogue
from simisp.isp.steps import DialogueProgram, HandOver, HangUp, Pause
from simisp.line.bank import BankLine, Switchboard
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session_config import Isp, SessionConfig
from simisp.machine import Output, Received, SendData, SetCircuit
from simisp.modem.config import ModemConfig


class Bank:
    """Lines with clients, without I/O: after each event each line has its turn until all are quiet."""

    def __init__(self, count: int, groups: dict[str, list[str]] | None = None, isp: Isp | None = None) -> None:
        board = Switchboard(groups or {})
        default = CallOutcome.NO_CARRIER if isp is None else CallOutcome.ISP
        config = SessionConfig(modem=ModemConfig(), exchange=Exchange(default=default), isp=isp or Isp())
        self.lines = [BankLine(config, str(number), str(number), board) for number in range(1, count + 1)]
        self.outputs: list[list[Output]] = [[] for _ in self.lines]
        self.now = 0.0
        for line in self.lines:
            line.set_circuit(Circuit.DTR, True, now=0.0)
        self.settle()

    def settle(self) -> None:
        news = True
        while news:
            news = False
            for line, outputs in zip(self.lines, self.outputs, strict=True):
                line.settle(now=self.now)
                new = line.take_outputs()
                outputs.extend(new)
                news = news or bool(new)

    def type(self, number: int, text: str) -> None:
        self.lines[number - 1].receive_data(text.encode("latin-1"), now=self.now)
        self.settle()

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (
            due := min((at for line in self.lines if (at := line.next_timer()) is not None), default=None)
        ) is not None:
            if due > until:
                break
            self.now = max(self.now, due)
            for line in self.lines:
                if (at := line.next_timer()) is not None and at <= self.now:
                    line.handle_timer(now=self.now)
            self.settle()
        self.now = until

    def text(self, number: int) -> str:
        outputs = self.outputs[number - 1]
        return b"".join(each.data for each in outputs if isinstance(each, SendData)).decode("latin-1")

    def calls(self, number: int) -> list[tuple[str, int]]:
        """Return the kind of each fact that names a call, and the call's number."""
        facts = [
            each for each in self.outputs[number - 1] if isinstance(each, CallAnswered | CallHandedOver | CallEnded)
        ]
        return [(each.kind, each.call) for each in facts]

    def has_carrier(self, number: int) -> bool:
        changes = [each.on for each in self.outputs[number - 1]
                   if isinstance(each, SetCircuit) and each.circuit is Circuit.DCD]  # fmt: skip
        return bool(changes) and changes[-1]

    def connect(self, caller: int, called: int) -> None:
        self.type(caller, f"ATD{called}\r")
        self.wait(0.5)
        self.type(called, "ATA\r")
        assert "CONNECT" in self.text(caller)
        assert "CONNECT" in self.text(called)


def test_a_line_that_is_dialled_rings_and_both_connect_when_it_answers() -> None:
    bank = Bank(2)
    bank.type(1, "ATD2\r")
    bank.wait(7.0)
    assert bank.text(2).count("RING") == 2
    assert "CONNECT" not in bank.text(1)
    bank.type(2, "ATA\r")
    assert "CONNECT" in bank.text(1)
    assert "CONNECT" in bank.text(2)
    assert bank.has_carrier(1)
    assert bank.has_carrier(2)
    bank.wait(30.0)
    assert bank.text(2).count("RING") == 2


def test_a_line_that_answers_by_itself_does_so_on_its_ring() -> None:
    bank = Bank(2)
    bank.type(2, "ATS0=2\r")
    bank.type(1, "ATD2\r")
    bank.wait(5.0)
    assert "CONNECT" not in bank.text(1)
    bank.wait(5.0)
    assert "CONNECT" in bank.text(1)
    assert "CONNECT" in bank.text(2)


def test_octets_pass_both_ways_as_they_are() -> None:
    bank = Bank(2)
    bank.connect(1, 2)
    every = bytes(each for each in range(256)).decode("latin-1")
    bank.type(1, every)
    assert bank.text(2).endswith(every)
    bank.type(2, every[::-1])
    assert bank.text(1).endswith(every[::-1])


def test_a_password_of_ppp_that_passes_from_one_line_to_another_is_masked_on_both() -> None:
    bank = Bank(2)
    bank.connect(1, 2)
    request = "~\xff\x03\xc0#\x01\x01\x00\x10\x05alice\x05horse..~"
    bank.type(1, request)
    (received,) = [each for each in bank.outputs[0] if isinstance(each, Received) and each.secrets]
    (sent,) = [each for each in bank.outputs[1] if isinstance(each, SendData) and each.secrets]
    assert [each.data[slice(*each.secrets[0])] for each in (received, sent)] == [b"horse", b"horse"]


@pytest.mark.parametrize("ends", [1, 2])
def test_a_hang_up_of_either_is_seen_by_both_and_both_are_free_again(ends: int) -> None:
    bank = Bank(2)
    bank.connect(1, 2)
    bank.wait(2.0)
    bank.type(ends, "+++")
    bank.wait(2.0)
    bank.type(ends, "ATH\r")
    bank.wait(2.0)
    assert bank.text(3 - ends).endswith("NO CARRIER\r\n")
    assert not bank.has_carrier(1)
    assert not bank.has_carrier(2)
    assert [sum(isinstance(each, CallEnded) for each in outputs) for outputs in bank.outputs] == [1, 1]
    bank.connect(2, 1)


def test_a_call_between_lines_keeps_its_number_while_others_are_answered() -> None:
    bank = Bank(4)
    bank.connect(1, 2)
    bank.connect(3, 4)
    bank.lines[0].set_circuit(Circuit.DTR, False, now=bank.now)
    bank.settle()
    bank.lines[3].set_circuit(Circuit.DTR, False, now=bank.now)
    bank.settle()
    for number, call in [(1, 1), (2, 1), (3, 2), (4, 2)]:
        assert bank.calls(number) == [("call answered", call), ("call ended", call)]


def test_a_call_to_the_isp_keeps_its_number_while_others_are_answered() -> None:
    program = DialogueProgram((Pause(10.0), HangUp()), "second")
    log_in = DialogueProgram((Pause(5.0), HandOver("second", lambda: Dialogue(program))))
    bank = Bank(2, isp=Isp([log_in]))
    for number in (1, 2):
        bank.type(number, "ATD5551234\r")
        bank.wait(3.0)
    bank.wait(20.0)
    for number in (1, 2):
        assert bank.calls(number) == [(kind, number) for kind in ("call answered", "call handed over", "call ended")]


def test_a_drop_of_dtr_ends_the_call_for_both() -> None:
    bank = Bank(2)
    bank.type(2, "AT&D2\r")
    bank.connect(1, 2)
    bank.lines[1].set_circuit(Circuit.DTR, False, now=bank.now)
    bank.settle()
    bank.wait(1.0)
    assert bank.text(1).endswith("NO CARRIER\r\n")


def test_a_caller_that_hangs_up_first_lets_it_ring_no_more() -> None:
    bank = Bank(2)
    bank.type(1, "ATD2\r")
    bank.wait(7.0)
    bank.type(1, "x")  # any key gives up
    bank.wait(60.0)
    assert bank.text(2).count("RING") == 2
    assert bank.lines[1].is_free
    bank.type(2, "ATA\r")
    assert "CONNECT" not in bank.text(1)


def test_a_line_that_answers_when_its_caller_has_hung_up_gets_no_carrier() -> None:
    bank = Bank(2)
    bank.type(2, "ATS7=10\r")
    bank.type(1, "ATD2\r")
    bank.wait(1.0)
    bank.type(1, "x")
    bank.type(2, "ATA\r")
    bank.wait(30.0)
    assert "CONNECT" not in bank.text(2)
    assert bank.text(2).endswith("\r\nNO CARRIER\r\n")
    assert bank.lines[1].calls == 0


def test_a_call_that_is_not_answered_ends_with_s7() -> None:
    bank = Bank(2)
    bank.type(1, "ATS7=20D2\r")
    bank.wait(60.0)
    assert bank.lines[0].is_free
    assert bank.lines[1].is_free
    assert "CONNECT" not in bank.text(1)


@pytest.mark.parametrize("dials", [1, 2, 3])
def test_a_line_that_is_in_use_is_busy_for_every_other_and_for_itself(dials: int) -> None:
    bank = Bank(3)
    if dials == 3:
        bank.connect(1, 2)
    else:
        bank.type(3 - dials, "ATD3\r")  # it rings there
        bank.wait(0.5)
    bank.type(dials, "ATX4D" + str(3 - dials if dials < 3 else 2) + "\r")
    bank.wait(5.0)
    assert bank.text(dials).endswith("BUSY\r\n")


def test_a_line_cannot_call_itself() -> None:
    bank = Bank(1)
    bank.type(1, "ATX4D1\r")
    bank.wait(5.0)
    assert bank.text(1).endswith("BUSY\r\n")


def test_a_line_that_dials_while_it_rings_is_busy_for_its_caller() -> None:
    bank = Bank(3)
    bank.type(1, "ATX4D2\r")
    bank.wait(1.0)
    bank.type(2, "ATD3\r")
    bank.wait(7.0)
    assert bank.text(1).endswith("BUSY\r\n")
    assert "RING" in bank.text(3)


def test_a_hunt_group_leads_to_the_first_free_line_and_is_busy_when_none_is() -> None:
    bank = Bank(4, {"555-1000": ["2", "3"]})
    bank.type(1, "ATD5551000\r")
    bank.wait(1.0)
    assert "RING" in bank.text(2)
    assert "RING" not in bank.text(3)
    bank.type(4, "ATX4D5551000\r")
    bank.wait(1.0)
    assert "RING" in bank.text(3)
    third = BankLine(replace(SessionConfig()), "late", "9", bank.lines[0]._switchboard)
    third.set_circuit(Circuit.DTR, True, now=bank.now)
    bank.lines.append(third)
    bank.outputs.append([])
    bank.type(5, "ATX4D5551000\r")
    bank.wait(5.0)
    assert bank.text(5).endswith("BUSY\r\n")


def test_a_number_that_no_line_has_leads_where_the_exchange_has_it() -> None:
    bank = Bank(2)
    bank.type(1, "ATD5551234\r")
    bank.wait(5.0)
    assert bank.text(1).endswith("NO CARRIER\r\n")
    assert Dialled("5551234", "no carrier") in bank.outputs[0]


def test_the_caller_s_number_is_reported_where_it_is_asked_for() -> None:
    bank = Bank(2)
    bank.type(2, "AT+VCID=1\r")
    bank.type(1, "ATD2\r")
    bank.wait(7.0)
    assert "NMBR = 1" in bank.text(2)


def test_a_line_takes_no_more_while_the_other_does_not() -> None:
    bank = Bank(2)
    bank.connect(1, 2)
    taken = refused = 0
    while not refused:
        piece = bank.lines[0].receive_some(b"x" * 4096, 0, now=bank.now)
        bank.lines[0].take_outputs()
        taken += piece
        refused = 4096 - piece
    assert taken < 140_000
    bank.settle()
    assert bank.text(2).endswith("x" * taken)
    assert bank.lines[0].receive_some(b"y", 0, now=bank.now) == 1


def test_only_the_lines_at_which_something_was_caused_are_named() -> None:
    bank = Bank(4)
    board = bank.lines[0].switchboard
    board.take_concerned()
    bank.lines[0].receive_data(b"AT\r", now=0.0)
    assert board.take_concerned() == []
    bank.lines[0].receive_data(b"ATD3\r", now=0.0)
    assert board.take_concerned() == ["3"]
    bank.settle()
    bank.wait(0.5)
    bank.type(3, "ATA\r")
    board.take_concerned()
    bank.lines[0].receive_data(b"hello", now=bank.now)
    assert "3" in board.take_concerned()
    bank.lines[0].set_circuit(Circuit.DTR, False, now=bank.now)
    assert "3" in board.take_concerned()
