"""What a handler may answer: a text, later, or with a prompt; and what the modem does meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from modem.dte_play import Play, notes, sent
from simisp.modem import ModemConfig, ModemState
from simisp.modem.answers import FinalText
from simisp.modem.command_row import CommandTable
from simisp.modem.commands import COMMANDS
from simisp.modem.outputs import DialRequested
from simisp.modem.profile import Conduct, ModemProfile
from simisp.modem.result_codes import ResultCode, ResultCodes
from simisp.modem.subsystem import ResetKind
from simisp.modem.unit import Unit
from support.suspending_modem import SUSPENDING_ROWS, Ticking

OK = b"\r\nOK\r\n"


PROFILE = ModemProfile("test", CommandTable(COMMANDS).with_rows(SUSPENDING_ROWS.values()), settings={"E": 0})


def play_of(profile: ModemProfile = PROFILE) -> Play:
    return Play(ModemConfig(profile))


def test_a_final_text_ends_the_line_as_error_does() -> None:
    play = play_of()
    assert play.runs("S8=7;+NO;S8=9") == b"\r\n+CME ERROR: 10\r\n"
    assert play.runs("S8?") == b"\r\n007\r\n" + OK
    assert notes(play.types("AT+NO\r"), "command") == [{"line": "AT+NO", "result": "+CME ERROR: 10"}]


def test_a_final_text_has_words_under_v0_and_none_under_q1() -> None:
    assert play_of().runs("V0+NO") == b"+CME ERROR: 10\r"
    assert play_of().runs("Q1+NO") == b""


def test_a_name_with_a_makers_prefix_is_found_in_the_table() -> None:
    assert play_of().runs("^sysinfo") == b"\r\n+CME ERROR: 10\r\n"
    assert play_of().runs("^SYSINFOX=1") == b"\r\nERROR\r\n"


def test_a_command_that_takes_time_holds_up_the_rest_of_its_line() -> None:
    play = play_of()
    assert play.runs("+SLOW;S8?") == b""
    assert play.state() is ModemState.RUNNING
    assert sent(play.waits(2.9)) == b""
    assert play.modem.next_timer() == 3.0
    assert sent(play.waits(0.1)) == b"\r\nlate\r\n\r\n002\r\n" + OK
    assert play.state() is ModemState.COMMAND


def test_what_is_typed_while_a_command_takes_time_is_taken_at_its_end() -> None:
    play = play_of()
    play.runs("+SLOW")
    assert play.runs("S8?") == b""
    play.types("A" * 5000)
    assert sent(play.waits(3.0)) == b"\r\nlate\r\n" + OK + b"\r\n002\r\n" + OK


def test_an_abortable_command_ends_with_the_first_octet_after_an_eighth_of_a_second() -> None:
    play = play_of()
    play.runs("+SLOWER;S8?")
    assert sent(play.types("\n")) == b""
    play.waits(0.125)
    assert sent(play.types("xATS7?\r")) == OK + b"\r\n050\r\n" + OK
    assert sent(play.waits(10.0)) == b""


def test_text_is_taken_up_to_ctrl_z_or_esc() -> None:
    play = play_of()
    assert play.runs("+ASK=1;S8?") == b"\r\n> "
    assert play.state() is ModemState.TEXT
    assert sent(play.types(b"on\re\x1a")) == b"\r\ngot on\re\r\n\r\n002\r\n" + OK
    assert play.runs("+ASK") == b"\r\n> "
    assert sent(play.types(b"anything\x1b")) == b"\r\nnothing\r\n" + OK


def test_text_is_echoed_edited_and_bounded() -> None:
    play = play_of()
    play.runs("E1")
    assert play.runs("+ASK=2") == b"AT+ASK=2\r\r\n> "
    assert sent(play.types(b"\x08ab\x08c\rd")) == b"ab\b \bc\r\r\n> d"
    assert sent(play.types(b"0123456789\x1a")) == b"0123456789\r\ngot ac\rd012345\r\n" + OK


def test_the_prompt_is_the_profiles() -> None:
    profile = ModemProfile("test", PROFILE.rows, settings={"E": 0}, conduct=Conduct(prompt=b"\r\n>\r\n"))
    assert play_of(profile).runs("+ASK") == b"\r\n>\r\n"


def test_dtr_going_off_ends_what_a_line_waits_for() -> None:
    for line in ("+ASK", "+SLOW"):
        play = play_of()
        play.runs(line)
        assert sent(play.dtr(False)) == b""
        assert play.state() is ModemState.COMMAND
        assert sent(play.waits(10.0)) == b""
        assert play.runs("") == OK


def test_an_unsolicited_result_waits_for_the_end_of_its_command_and_of_a_call() -> None:
    play = play_of()
    assert play.runs("+SAY") == OK + b"\r\n+NEWS\r\n"
    unit = unit_of(play)
    play.types("AT")
    unit.send_unsolicited("+MORE")
    assert sent(play.types("S8?\r")) == b"\r\n002\r\n" + OK + b"\r\n+MORE\r\n"
    play.calls()
    unit.send_unsolicited("+MORE")
    assert sent(play.hears(b"data")) == b"data"
    play.types("+++")
    assert sent(play.waits(1.0)) == OK + b"\r\n+MORE\r\n"


def test_unsolicited_results_that_wait_are_bounded() -> None:
    play = play_of()
    play.calls()
    for number in range(1000):
        unit_of(play).send_unsolicited(f"+N: {number}")
    play.waits(2.0)
    play.types("+++")
    text = sent(play.waits(1.0))
    assert text.count(b"+N: ") == 64
    assert text.endswith(b"\r\n+N: 999\r\n")


def test_a_modem_that_does_not_mind_sends_unsolicited_results_between_what_is_typed() -> None:
    profile = ModemProfile("test", PROFILE.rows, settings={"E": 0}, conduct=Conduct(unsolicited_while_typing=True))
    play = play_of(profile)
    play.types("AT")
    unit_of(play).send_unsolicited("+MORE")
    assert sent(play.modem.take_outputs()) == b"\r\n+MORE\r\n"


def test_a_deaf_modem_takes_no_octets_until_its_time() -> None:
    play = play_of()
    unit_of(play).power_up(deaf_until=5.0)
    assert play.runs("") == b""
    play.waits(5.0)
    assert play.runs("") == OK


def test_a_profile_words_and_numbers_its_results_itself() -> None:
    results = ResultCodes(
        words={ResultCode.NO_DIALTONE: "NO DIAL TONE"},
        numbers={ResultCode.NO_CARRIER: 103},
        connect="CONNECT {rate}/ARQ",
        connect_numbers={33600: 7},
    )
    play = play_of(ModemProfile("test", PROFILE.rows, settings={"E": 0}, results=results))
    play.runs("DT1")
    assert sent(play.connects(33600)) == b"\r\nCONNECT 33600/ARQ\r\n"
    play.waits(2.0)
    play.types("+++")
    play.waits(1.0)
    assert play.runs("V0O") == b"7\r"
    play = play_of(ModemProfile("test", PROFILE.rows, settings={"E": 0, "V": 0}, results=results))
    assert play.runs("O") == b"103\r"


def test_what_a_modem_does_not_know_is_answered_as_its_profile_says() -> None:
    profile = ModemProfile("test", PROFILE.rows, settings={"E": 0}, unknown=FinalText("COMMAND NOT SUPPORT"))
    assert play_of(profile).runs("+FOO") == b"\r\nCOMMAND NOT SUPPORT\r\n"


@pytest.mark.parametrize("settings", [{"+FOO": "1"}, {"+IFC": "1"}, {"+IFC": "9,0"}, {"E": 2}])
def test_a_profile_with_a_setting_out_of_range_makes_no_modem(settings: Mapping[str, int | str]) -> None:
    with pytest.raises(ValueError, match="can't be"):
        play_of(ModemProfile("test", PROFILE.rows, settings=settings))


def test_a_subsystem_has_rows_timers_calls_and_resets() -> None:
    subsystem = Ticking()
    play = Play(ModemConfig(settings={"E": 0}), subsystem=subsystem)
    assert play.runs("+NO") == b"\r\n+CME ERROR: 10\r\n"
    assert play.modem.next_timer() == 1.0
    assert sent(play.waits(1.0)) == b"\r\n+TICK: 1\r\n"
    assert play.runs("Z&F") == OK
    assert subsystem.resets == [ResetKind.STORED, ResetKind.FACTORY]
    assert play.runs("D5") == b"\r\n+CME ERROR: 3\r\n"
    assert play.runs("D*99#") == b""
    assert DialRequested("1") in play.waits(0.5)
    assert play.state() is ModemState.DIALLING


def test_two_modems_of_one_subsystem_both_get_its_unsolicited_results() -> None:
    subsystem = Ticking()
    config = ModemConfig(settings={"E": 0})
    one, other = Play(config, subsystem=subsystem), Play(config, subsystem=subsystem)
    assert sent(one.waits(1.0)) == b"\r\n+TICK: 1\r\n"
    assert sent(other.modem.take_outputs()) == b"\r\n+TICK: 1\r\n"


def unit_of(play: Play) -> Unit:
    return play.modem._unit
