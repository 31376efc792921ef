"""Bad manners: what each does to the answers of a modem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.line.manners.altered import ChosenManner, manners_maker
from simisp.line.manners.table import MANNERS
from simisp.line.manners.turn import MannerOptions
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.machine import SendData
from simisp.modem.answers import CommandAnswer, FinalText, Prompt
from simisp.modem.command_row import CommandRow, CommandTable
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.config import ModemConfig
from simisp.modem.profile import ModemProfile
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand
from simisp.modem.unit import Unit
from simisp.scenario.load import loads
from simisp.scenario.session import session as session_of

OK = b"\r\nOK\r\n"
CSQ = b"\r\n+CSQ: 20,99\r\n"
URC = b"\r\n+CREG: 1\r\n"


def _signal(unit: Unit, _row: CommandRow, _command: ATCommand) -> CommandAnswer:
    unit.dte.send_information("+CSQ: 20,99")
    return ResultCode.OK


def _identity(unit: Unit, _row: CommandRow, _command: ATCommand) -> CommandAnswer:
    unit.dte.send_information("Maker\nModel\nRevision")
    return ResultCode.OK


def _text(unit: Unit, _row: CommandRow, _command: ATCommand) -> CommandAnswer:
    return Prompt(lambda port, text: ResultCode.OK if text == b"x" else ResultCode.ERROR)


def _refusal(unit: Unit, _row: CommandRow, _command: ATCommand) -> CommandAnswer:
    return FinalText("+CME ERROR: 10")


PROFILE = ModemProfile(
    "test",
    CommandTable(
        (
            *STANDARD_PROFILE.rows.values(),
            CommandRow("+CSQ", "27.007 8.5", "signal", _signal, asks=True),
            CommandRow("+ID", "test", "identity", _identity),
            CommandRow("+CMGS", "27.005 3.5.1", "text", _text),
            CommandRow("+NO", "test", "refusal", _refusal),
        )
    ),
)


class Badly:
    """A line whose modem has bad manners, and a clock. Echo is off unless asked for."""

    def __init__(self, *chosen: ChosenManner, echo: int = 0) -> None:
        modem = ModemConfig(PROFILE, settings={"E": echo}, marks_answers=True)
        self.session = Session(SessionConfig(modem, manners=manners_maker(chosen, seed=7)))
        self.now = 0.0
        self.session.set_circuit(Circuit.DTR, True, now=0.0)
        self.session.take_outputs()

    def types(self, data: bytes) -> list[bytes]:
        """Let the DTE send octets; return what comes at once, in pieces as they are sent."""
        self.session.receive_data(data, now=self.now)
        return self._sent()

    def runs(self, line: str) -> bytes:
        """Let the DTE send a command line; return what comes within ten seconds."""
        return b"".join(self.types(f"AT{line}\r".encode()) + self.waits(10.0))

    def waits(self, seconds: float) -> list[bytes]:
        """Let time pass; return what comes, in pieces."""
        end, sent = self.now + seconds, []
        while (due := self.session.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.session.handle_timer(now=self.now)
            sent += self._sent()
        self.now = end
        return sent

    def _sent(self) -> list[bytes]:
        return [output.data for output in self.session.take_outputs() if isinstance(output, SendData)]


def chosen(name: str, **options: object) -> ChosenManner:
    """Return a manner with some of its options."""
    row = MANNERS[name]
    usual = {field: getattr(row.defaults, field) for field in MannerOptions.__slots__}
    return row, MannerOptions(**{**usual, **options})


def badly(name: str, echo: int = 0, **options: object) -> Badly:
    """Return a line with one manner."""
    return Badly(chosen(name, **options), echo=echo)


ALTERED = [
    ("urc before answer", "+CSQ", URC + CSQ + OK),
    ("urc before answer", "", URC + OK),
    ("urc inside answer", "+ID", b"\r\nMaker\r\n" + URC + b"\r\nModel\r\nRevision\r\n" + OK),
    ("urc inside answer", "+CSQ", CSQ + URC + OK),
    ("urc before result", "+CSQ", CSQ + URC + OK),
    ("urc before result", "+NO", URC + b"\r\n+CME ERROR: 10\r\n"),
    ("urc after answer", "+CSQ", CSQ + OK + URC),
    ("unknown urc", "+CSQ", b'\r\n*EUNKN: 7,"?",(1\r\n' + CSQ + OK),
    ("urc like answer", "+CSQ", b"\r\n+CSQ: 5\r\n" + CSQ + OK),
    ("urc like answer", "+ID", b"\r\nMaker\r\nModel\r\nRevision\r\n" + OK),
    ("result before data", "+CSQ", OK + CSQ),
    ("result before data", "", OK),
    ("line feeds only", "+CSQ", b"\n+CSQ: 20,99\n\nOK\n"),
    ("blank lines", "", b"\r\n\r\n\r\nOK\r\n\r\n\r\n"),
    ("glued lines", "+CSQ", b"\r\n+CSQ: 20,99\r\nOK\r\n"),
    ("cut answers", "+CSQ", CSQ + OK),
    ("octet by octet", "+CSQ", CSQ + OK),
    ("late echo", "+CSQ", CSQ + OK),
    ("no echo", "+CSQ", CSQ + OK),
    ("prompt without space", "+CMGS=1", b"\r\n>\r\n"),
    ("prompt without line end", "+CMGS=1", b"> "),
    ("long answers", "+CSQ", CSQ[:-2] + b',"more"' * 157 + b",\r\n" + OK),
    ("deaf to commands", "+CSQ", b""),
    ("late answers", "+CSQ", CSQ + OK),
    ("reset in command", "+CSQ", b"\r\nRDY\r\n"),
    ("no carrier to &D2", "&C1&D2", b"\r\nNO CARRIER\r\n"),
    ("no carrier to &D2", "&C1", OK),
]


@pytest.mark.parametrize(("name", "line", "answer"), ALTERED)
def test_an_answer_is_altered(name: str, line: str, answer: bytes) -> None:
    assert badly(name).runs(line) == answer


def test_every_manner_is_played() -> None:
    assert set(MANNERS) == {name for name, *_ in ALTERED} | {"echo after reset"}


NOT_REPORTED = {"blank lines", "glued lines", "cut answers", "octet by octet"}


@pytest.mark.parametrize("name", MANNERS)
def test_a_row_says_what_breaks_and_where_it_was_reported(name: str) -> None:
    manner = MANNERS[name]

    assert manner.reports or name in NOT_REPORTED
    assert all("#" in report and "/" in report for report in manner.reports)
    assert not manner.what.endswith(".")


def test_manners_are_played_one_after_another() -> None:
    line = Badly(chosen("urc before result"), chosen("line feeds only"))

    assert line.runs("+CSQ") == b"\n+CSQ: 20,99\n\n+CREG: 1\n\nOK\n"


def test_a_manner_acts_only_on_the_commands_that_it_is_told() -> None:
    line = badly("deaf to commands", to=["AT+CS*", "I"])

    assert (line.runs("+CSQ"), line.runs("I"), line.runs("I3") != b"", line.runs("")) == (b"", b"", True, OK)


def test_a_manner_begins_and_ends_where_it_is_told() -> None:
    line = badly("deaf to commands", first=2, times=2)

    assert [line.runs("") for _ in range(4)] == [OK, b"", b"", OK]


def test_commands_are_counted_only_if_they_are_meant() -> None:
    line = badly("deaf to commands", to=["+CSQ"], first=2)

    assert [line.runs(text) for text in ("+CSQ", "", "+CSQ")] == [CSQ + OK, OK, b""]


def test_octets_come_one_by_one_in_order() -> None:
    line = badly("octet by octet")

    assert line.types(b"AT\r") + line.waits(1) == [bytes([octet]) for octet in OK]


def test_an_answer_comes_in_parts_that_depend_on_the_seed_alone() -> None:
    parts = [badly("cut answers").types(b"AT+CSQ\r") + badly("cut answers").waits(0) for _ in range(2)]
    line = badly("cut answers")
    all_parts = line.types(b"AT+CSQ\r") + line.waits(1)

    assert parts[0] == parts[1]
    assert b"".join(all_parts) == CSQ + OK
    assert len(all_parts) > 3


def test_an_echo_comes_with_the_answer() -> None:
    line = badly("late echo", echo=1)

    assert line.types(b"AT+C") == []
    assert line.types(b"SQ\r") == []
    assert line.waits(0.29) == []
    assert line.waits(0.01) == [b"AT+CSQ\r" + CSQ + OK]


def test_no_echo_comes_at_all() -> None:
    line = badly("no echo", echo=1)

    assert line.runs("E1") == OK
    assert line.runs("+CSQ") == CSQ + OK


@pytest.mark.parametrize("reset", ["Z", "&F", "E0Z"])
def test_the_echo_is_on_again_after_a_reset(reset: str) -> None:
    line = badly("echo after reset")
    assert line.runs("+CSQ") == CSQ + OK

    assert line.runs(reset) == OK
    assert line.runs("+CSQ") == b"AT+CSQ\r" + CSQ + OK


def test_a_command_that_is_no_reset_leaves_the_echo_off() -> None:
    line = badly("echo after reset")
    line.runs("S0=0")

    assert line.runs("+CSQ") == CSQ + OK


def test_a_late_answer_is_taken_for_the_next_one() -> None:
    line = badly("late answers", times=1)
    assert line.types(b"AT+CSQ\r") + line.waits(5) == []

    assert line.types(b"AT\r") == []
    assert line.waits(1) == [CSQ + OK, OK]


def test_a_modem_that_restarts_is_deaf_until_its_banner_and_echoes_then() -> None:
    line = badly("reset in command", to=["+CSQ"])
    assert line.types(b"AT+CSQ\r") + line.waits(1) == []
    assert line.types(b"AT\r") == []

    assert line.waits(2) == [b"\r\nRDY\r\n"]
    assert line.runs("+CSQ") == b"AT+CSQ\r" + CSQ + OK


@pytest.mark.parametrize(("text", "times"), [("RDY", 1), ("START", 2)])
def test_a_modem_that_announces_itself_gives_the_same_banner_once(text: str, times: int) -> None:
    manners = f"{{reset in command: {{text: {text}}}}}"
    line = session_of(loads(f"title: x\nmodem: {{profile: gsm, manners: {manners}}}\nisp: {{dialogue: [silence]}}\n"))
    line.set_circuit(Circuit.DTR, True, now=0.0)
    line.receive_data(b"AT\r", now=1.0)
    line.handle_timer(now=4.0)
    line.handle_timer(now=4.0)
    said = b"".join(output.data for output in line.take_outputs() if isinstance(output, SendData))
    assert said.count(b"\r\nRDY\r\n") == 1
    assert said.count(b"RDY") + said.count(b"START") == times


def test_a_restart_ends_the_call() -> None:
    line = badly("reset in command", to=["H"])
    assert line.runs("D123").endswith(b"CONNECT 33600\r\n")
    line.waits(2)
    line.types(b"+++")
    line.waits(2)

    assert line.runs("H") == b"\r\nRDY\r\n"
    assert line.session.far_end is None


def test_the_text_after_a_bad_prompt_is_taken() -> None:
    line = badly("prompt without space")
    line.runs("+CMGS=1")

    assert line.types(b"x\x1a") == [OK]


def test_data_of_a_call_is_not_altered() -> None:
    line = Badly(*(chosen(name) for name in ("line feeds only", "octet by octet", "cut answers", "blank lines")))
    line.runs("D123")
    line.session.modem.receive_remote_data(b"\r\nOK\r\n" * 3, now=line.now)
    line.session.settle(now=line.now)

    assert line.waits(0) == []
    assert line.types(b"x") == [b"\r\nOK\r\n" * 3]


@pytest.mark.parametrize("read", [5, 4096, 50_000])
def test_a_client_that_goes_on_typing_while_answers_are_held_back_fills_no_memory(read: int) -> None:
    """Also when each read of the port brings a little: the first line of a read has a short way of its own."""
    line = badly("late answers", after=60.0)

    typed = b"ATI3\r" * 10_000
    reads = [typed[start : start + read] for start in range(0, len(typed), read)]
    taken = sum(line.session.receive_some(each, 0, now=0.0) for each in reads)

    assert taken < 5 * 10_000
    manners = line.session._manners
    assert manners is not None
    assert manners.held < 65 * 1024


PIECES = st.sampled_from(
    ["AT", "+CSQ", "+ID", "\r", "Z", "&F", "+CMGS=1", "\x1a", "\x1b", ";", "D1", "+++", "E1", "&D2", "A/", "+NO"]
)
SOME = st.lists(st.sampled_from(sorted(MANNERS)), min_size=1, max_size=4, unique=True)


@given(SOME, st.lists(PIECES | st.text(max_size=3), max_size=20))
def test_nothing_that_is_typed_raises_and_cutting_changes_no_octet(names: list[str], pieces: list[str]) -> None:
    octets = "".join(pieces).encode("latin-1", "replace")
    whole, cut = Badly(*map(chosen, names), echo=1), Badly(*map(chosen, names), echo=1)

    at_once = b"".join(whole.types(octets) + whole.waits(300))
    by_octet = b"".join(b"".join(cut.types(octets[at : at + 1])) for at in range(len(octets)))

    assert at_once == by_octet + b"".join(cut.waits(300))
