from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.diagnostics import Place
from simisp.facts.dial_up import InputDropped
from simisp.machine import Output, SendData
from simisp.switchinf import Options, PadCall, Section, SectionMachine, State, find_section, parse
from simisp.switchinf.outputs import CarrierLost, Ended, Failed, Traced
from simisp.switchinf.response import MAX_DIAGNOSTICS, LineMatcher
from simisp.switchinf.section_machine import MAX_UNREAD
from simisp.switchinf.syntax import Credential, Find, LiteralOctets, Rest
from support.narrowed import known, narrowed

SAMPLE = (Path(__file__).parents[2] / "scenarios" / "scripts" / "switch.inf").read_text()


class Player:
    """Plays a section, and keeps what it puts out."""

    def __init__(self, text: str, *, section: str = "x", password: str = "wonderland", **options: bool) -> None:
        text = text if text.startswith(("[", ";")) else f"[x]\n{text}\n"
        found = find_section(parse(text), section)
        self.script = SectionMachine(found, user_id="alice", password=password, options=Options(**options))
        self.now = 0.0
        self.script.start(now=0.0)
        self.outputs = self.script.take_outputs()

    def hears(self, data: bytes) -> Player:
        self.script.receive_data(data, now=self.now)
        self.outputs += self.script.take_outputs()
        return self

    def passes(self, seconds: float) -> Player:
        end = self.now + seconds
        while (due := self.script.next_timer()) is not None and due <= end:
            self.now = due
            self.script.handle_timer(now=due)
            self.outputs += self.script.take_outputs()
        self.now = end
        return self

    @property
    def sent(self) -> bytes:
        return b"".join(output.data for output in self.outputs if isinstance(output, SendData))

    @property
    def facts(self) -> list[Output]:
        return [output for output in self.outputs if not isinstance(output, SendData | Traced)]


# Commands


def test_a_command_with_a_carriage_return_is_sent_at_once_and_waits_for_its_response() -> None:
    player = Player("COMMAND=hello<cr>\nOK=<ignore>")
    assert player.sent == b"hello\r"
    assert player.script.state is State.WAITING
    assert player.script.next_timer() is None


def test_a_command_without_a_carriage_return_is_followed_by_a_short_pause() -> None:
    player = Player("COMMAND=a\nNoResponse\nCOMMAND=b<cr>\nNoResponse")
    assert player.sent == b"a"
    assert player.script.state is State.PAUSING
    assert player.passes(0.3).sent == b"ab\r"
    assert player.facts == [Ended()]


def test_an_empty_command_sends_nothing_and_waits_two_seconds() -> None:
    player = Player("COMMAND=\nNoResponse\nCOMMAND=b<cr>\nNoResponse")
    assert player.passes(1.9).sent == b""
    assert player.passes(0.1).sent == b"b\r"


def test_macros_are_filled_in_and_the_password_is_secret() -> None:
    player = Player("COMMAND=<username><cr>\nNoResponse\nCOMMAND=<h02><password><cr>\nNoResponse")
    assert player.outputs == [SendData(b"alice\r"), SendData(b"\x02wonderland\r", ((0, 12),)), Ended()]


def test_a_command_that_nothing_answers_goes_no_further() -> None:
    player = Player("COMMAND=a<cr>\nCOMMAND=b<cr>").hears(b"hello\r\n").passes(1e6)
    assert player.sent == b"a\r"
    assert player.script.state is State.WAITING
    assert str(player.script.waiting_for) == "line 2: COMMAND=a<cr>, waiting for nothing (without limit)"
    assert player.script.unread == b""


def test_a_pausing_command_that_nothing_answers_goes_no_further_either() -> None:
    player = Player("COMMAND=\nCOMMAND=b<cr>").passes(1e6)
    assert player.sent == b""
    assert player.script.state is State.WAITING


def test_commands_without_responses_may_be_read_as_a_row() -> None:
    player = Player("COMMAND=a<cr>\nCOMMAND=\nCOMMAND=b<cr>", goes_on_without_response=True).passes(2)
    assert player.sent == b"a\rb\r"
    assert player.facts == [Ended()]


def test_the_last_command_needs_no_response() -> None:
    assert Player("COMMAND=a<cr>").facts == [Ended()]


def test_ten_thousand_commands_in_a_row_do_no_harm() -> None:
    assert Player("COMMAND=a<cr>\nNoResponse\n" * 10_000).facts == [Ended()]


# Responses


def test_ok_goes_to_the_next_command() -> None:
    player = Player('COMMAND=a<cr>\nOK=<match>"ogin:"\nCOMMAND=b<cr>').hears(b"Welcome. login: ")
    assert player.sent == b"a\rb\r"


def test_text_without_match_must_come_first() -> None:
    text = "COMMAND=a<cr>\nOK=Hello\nLOOP=<ignore>\nCOMMAND=b<cr>"
    assert Player(text).hears(b"Hello").sent == b"a\rb\r"
    assert Player(text).hears(b"Oh Hello").sent == b"a\r"


def test_spaces_before_a_response_do_not_count() -> None:
    text = 'COMMAND=a<cr>\nOK=<match>":"\nCOMMAND=b<cr>\nOK=Hello\nCOMMAND=c<cr>'
    assert Player(text).hears(b"login: ").hears(b"Hello").sent == b"a\rb\rc\r"


def test_spaces_alone_are_no_response() -> None:
    assert Player("COMMAND=a<cr>\nOK=<ignore>").hears(b"   ").script.next_timer() is None


def test_case_matters() -> None:
    assert Player('COMMAND=a<cr>\nOK=<match>"Login"\nLOOP=<ignore>').hears(b"login").facts == []


def test_a_wildcard_is_any_octet() -> None:
    assert Player("COMMAND=a<cr>\nOK=a<?>c").hears(b"a\xffc").facts == [Ended()]


def test_a_response_may_hold_the_user_name() -> None:
    assert Player('COMMAND=a<cr>\nOK=<match>"Hello <username>"').hears(b"Hello alice").facts == [Ended()]


def test_what_follows_a_match_must_follow_at_once() -> None:
    text = 'COMMAND=a<cr>\nOK=<match>"CONNECT "9\nLOOP=<ignore>'
    assert Player(text).hears(b"CONNECT 2400 CONNECT 9600").facts == [Ended()]
    assert Player(text).hears(b"CONNECT 2400 9").facts == []


def test_ignore_takes_the_rest_and_so_waits_for_two_seconds_of_silence() -> None:
    player = Player("COMMAND=a<cr>\nOK=Hel<ignore>\nCOMMAND=b<cr>").hears(b"Hello")
    assert player.script.next_timer() == 2.0
    player.passes(1.5).hears(b", friend")
    assert player.script.next_timer() == 3.5
    assert player.passes(2).sent == b"a\rb\r"


def test_an_empty_line_fits_any_response() -> None:
    assert Player("COMMAND=a<cr>\nOK=").hears(b"x").passes(2).facts == [Ended()]


def test_loop_waits_for_another_response() -> None:
    player = Player('COMMAND=a<cr>\nOK=<match>"ogin:"\nLOOP=<ignore>').hears(b"banner").passes(10)
    assert player.facts == []
    assert player.script.next_timer() is None
    assert player.hears(b"login:").facts == [Ended()]


def test_a_loop_that_fits_at_once_leaves_what_follows_to_the_next_response() -> None:
    assert Player('COMMAND=a<cr>\nLOOP=<match>"wait"\nOK=<match>"go"').hears(b"wait wait go").facts == [Ended()]


def test_the_first_line_that_fits_takes_the_response() -> None:
    text = "COMMAND=a<cr>\n{}\n{}"
    early, late = 'ERROR=<match>"x"', "OK=<ignore>"
    assert isinstance(Player(text.format(early, late)).hears(b"x").facts[0], Failed)
    assert Player(text.format(late, early)).hears(b"x").passes(2).facts == [Ended()]


def test_a_line_that_takes_the_rest_keeps_it_only_from_lines_after_it() -> None:
    text = 'COMMAND=a<cr>\nOK=<match>"z"\nLOOP=a<ignore>\nERROR=<match>"y"'
    assert Player(text).hears(b"ayz").facts == [Ended()]
    assert isinstance(Player(text).hears(b"byz").facts[0], Failed)


def test_a_response_that_nothing_takes_is_error_652() -> None:
    player = Player('COMMAND=a<cr>\nOK=<match>"ogin:"').hears(b"Go away").passes(2)
    assert player.facts == [Failed(Place(2, 1, 7), 652, "no line takes this response")]
    assert player.script.state is State.FAILED


def test_connect_ends_the_script() -> None:
    player = Player('COMMAND=a<cr>\nCONNECT=<match>"PPP"\nCOMMAND=b<cr>').hears(b"PPP\r\n~")
    assert player.outputs == [SendData(b"a\r"), Ended(connected=True)]
    assert player.script.unread == b"\r\n~"


@pytest.mark.parametrize(
    ("keyword", "ras_error"), [("ERROR", 651), ("ERROR_NO_CARRIER", 679), ("ERROR_DIAGNOSTICS", 651)]
)
def test_an_error_line_ends_the_script_with_its_ras_error(keyword: str, ras_error: int) -> None:
    (fact,) = Player(f'COMMAND=a<cr>\n{keyword}=<match>"bad"').hears(b"bad").facts
    failed = narrowed(fact, Failed)
    assert failed.ras_error == ras_error
    assert failed.place == Place(3, 1, len(keyword))


def test_diagnostics_are_the_words_of_the_response_without_the_password() -> None:
    player = Player('COMMAND=a<cr>\nERROR_DIAGNOSTICS=<match>"sorry"<diagnostics>')
    player.hears(b"We are sorry, wonderland is ").hears(b"wrong\x92.\r\n").passes(2)
    assert narrowed(player.facts[0], Failed).diagnostics == ", ******** is wrong’."


def test_what_comes_during_a_pause_is_there_for_the_response() -> None:
    assert Player('COMMAND=\nOK=<match>"ogin:"').hears(b"login:").passes(2).facts == [Ended()]


def test_unread_input_is_bounded_and_the_loss_is_noted_once() -> None:
    player = Player("COMMAND=\nOK=x").hears(b"a" * MAX_UNREAD * 2).hears(b"b")
    assert len(player.script.unread) == MAX_UNREAD
    assert player.facts == [InputDropped(MAX_UNREAD)]


# The machine


def test_a_script_does_nothing_before_its_start_and_starts_once() -> None:
    script = SectionMachine(parse("[x]\nCOMMAND=a<cr>").sections[0])
    script.handle_timer(now=1.0)
    assert script.waiting_for is None
    assert script.take_outputs() == []
    script.start(now=2.0)
    with pytest.raises(ValueError, match="once"):
        script.start(now=3.0)


def test_loss_of_carrier_ends_the_script_once() -> None:
    script = Player("COMMAND=a<cr>\nOK=b").script
    script.set_circuit(Circuit.CTS, False, now=1.0)
    script.set_circuit(Circuit.DCD, True, now=1.0)
    script.set_circuit(Circuit.DCD, False, now=1.0)
    script.set_circuit(Circuit.DCD, False, now=1.0)
    assert script.take_outputs() == [CarrierLost(Place(2, 1, 7))]
    assert script.waiting_for is None
    assert script.next_timer() is None


def test_a_section_without_commands_ends_at_once_and_a_carrier_before_the_start_does_not_matter() -> None:
    script = SectionMachine(Section("x", (), Place(1, 1, 3)))
    script.set_circuit(Circuit.DCD, False, now=0.0)
    script.start(now=0.0)
    assert script.take_outputs() == [Ended()]


def test_a_wait_tells_its_command_its_lines_and_what_it_has_seen() -> None:
    player = Player('COMMAND=a<cr>\nOK=<match>"ogin:"\nLOOP=<ignore>').hears(b"my wonderland")
    waiting = known(player.script.waiting_for)
    assert waiting.seen == b"my ********"
    assert str(waiting) == 'line 2: COMMAND=a<cr>, waiting for OK=<match>"ogin:" or LOOP=<ignore> (ends at 2 s)'


def test_without_a_password_nothing_is_masked() -> None:
    assert known(Player("COMMAND=a<cr>\nOK=<ignore>", password="").hears(b"x").script.waiting_for).seen == b"x"


def test_a_trace_tells_of_commands_and_responses() -> None:
    player = Player('COMMAND=a<cr>\nOK=<match>"b"\nCOMMAND=c<cr>\nOK=d', trace=True).hears(b"xb").hears(b"e").passes(2)
    assert [
        (each.place.line, each.line, each.outcome, each.seen) for each in player.outputs if isinstance(each, Traced)
    ] == [
        (2, "COMMAND=a<cr>", "", b""),
        (3, 'OK=<match>"b"', "fits", b"xb"),
        (4, "COMMAND=c<cr>", "", b""),
        (4, "COMMAND=c<cr>", "nothing fits", b"e"),
    ]


def test_the_generic_login_logs_in() -> None:
    player = Player(SAMPLE, section="Generic login").passes(2)
    player.hears(b"Welcome\r\n").passes(3).hears(b"\r\nlogin: ").hears(b"alice\r\nPassword: ").hears(b"\r\nPPP\r\n")
    assert player.sent == b"alice\rwonderland\r"
    assert player.passes(2).facts == [Ended()]


def test_the_generic_login_waits_forever_when_nobody_answers() -> None:
    player = Player(SAMPLE, section="Generic login").passes(1e6)
    assert player.facts == []
    assert known(player.script.waiting_for).until is None


def test_the_menu_login_shows_why_it_was_refused() -> None:
    player = Player(SAMPLE, section="Menu login").passes(2)
    player.hears(b"Service? ").hears(b"Username: ").hears(b"Password: ").hears(b"\r\nLogin incorrect: bad luck\r\n")
    assert player.sent == b"p\ralice\rwonderland\r"
    assert narrowed(player.passes(2).facts[0], Failed).diagnostics == ": bad luck"


# Matching


def test_diagnostics_are_bounded() -> None:
    matcher = LineMatcher([Rest.DIAGNOSTICS], lambda _: b"")
    for _ in range(10):
        matcher.feed(b"x" * 1000)
    assert len(matcher.diagnostics) == MAX_DIAGNOSTICS


def test_a_line_may_look_for_several_strings_in_turn() -> None:
    pieces = [Find((LiteralOctets(b"a"),)), Find((LiteralOctets(b"b"), Credential.USERNAME))]
    matcher = LineMatcher(pieces, lambda _: b"u")
    assert matcher.feed(b"bu b a b") is None
    assert matcher.feed(b"bu!") == 2
    assert matcher.fits


LINES = ['OK=<match>"ab"', "LOOP=a<ignore>", 'LOOP=<match>"ba"', "OK=b<?>a", "CONNECT=<ignore>", 'ERROR=<match>"bb"',
         'ERROR_DIAGNOSTICS=<match>"c"<diagnostics>', "NoResponse", "OK="]  # fmt: skip
sections = st.lists(
    st.tuples(st.sampled_from(["", "x", "y<cr>", "<password><cr>"]), st.lists(st.sampled_from(LINES), max_size=3)),
    min_size=1,
    max_size=4,
).map(lambda parts: "\n".join(line for command, lines in parts for line in (f"COMMAND={command}", *lines)))


@settings(max_examples=100)
@given(sections, st.lists(st.text("abc \xff", max_size=12), max_size=5), st.integers(1, 3), st.booleans())
def test_cutting_the_input_changes_nothing_and_nothing_raises(
    text: str, responses: Sequence[str], size: int, goes_on: bool
) -> None:
    whole, cut = (Player(text, trace=True, goes_on_without_response=goes_on) for _ in range(2))
    for response in responses:
        data = response.encode("latin-1")
        whole.hears(data).passes(2.5)
        for start in range(0, len(data), size):
            cut.hears(data[start : start + size])
        cut.passes(2.5)
    assert cut.outputs == whole.outputs
    assert cut.script.state is whole.script.state
    assert cut.script.unread == whole.script.unread


# PADs


PAD = r"""
[SprintNet, Standard]
DEFAULTOFF=compression
MAXCARRIERBPS=9600
COMMAND_DIAL=<x25address>*D<userdata><facilities><cr>
CONNECT=<match>"<x25address> CONNECTED"
LOOP=<ignore>
"""


def test_a_section_of_pad_inf_calls_the_address_with_user_data_and_facilities() -> None:
    (section,) = parse(PAD).sections
    call = PadCall("31103010002000", user_data="alice", facilities="R")
    script = SectionMachine(section, pad=call)
    script.start(now=0.0)
    script.receive_data(b"31103010002000 CONNECTED", now=1.0)
    sent, *others = script.take_outputs()
    assert sent == SendData(b"31103010002000*DaliceR\r", ((0, 23),))
    assert others == [Ended(connected=True)]


def test_user_data_and_facilities_that_a_pad_repeats_are_masked_unless_they_are_too_short_to_be_a_password() -> None:
    (section,) = parse("[x]\nCOMMAND=C <userdata>,<facilities><cr>\nERROR_DIAGNOSTICS=<diagnostics>\n").sections
    call = PadCall("3110", user_data="opensesame", facilities="R")
    script = SectionMachine(section, pad=call)
    script.start(now=0.0)
    script.receive_data(b"REFUSED: opensesame,R", now=1.0)
    script.handle_timer(now=3.0)
    *_, failed = script.take_outputs()
    assert narrowed(failed, Failed).diagnostics == "REFUSED: ********,R"
    assert "opensesame" not in repr(call)


def test_without_anything_to_ask_a_pad_for_its_macros_are_empty() -> None:
    (section,) = parse("[x]\nCOMMAND=C <x25address><facilities><cr>\nOK=<ignore>\n").sections
    script = SectionMachine(section)
    script.start(now=0.0)
    assert script.take_outputs() == [SendData(b"C \r")]
