from __future__ import annotations

import pytest

from modem.dte_play import Play, notes, sent
from simisp.modem import ModemConfig
from simisp.modem.command_line import LONGEST_BODY, CommandLine

OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"


@pytest.mark.parametrize("prefix", ["AT", "at", "At", "aT"])
def test_the_prefix_is_taken_in_either_case(prefix: str) -> None:
    assert sent(Play().types(f"{prefix}\r")) == OK


@pytest.mark.parametrize("before", ["", "\r", "\r\n\r\n", "hello ", "A", "AAAA", "T", "/", "A T", "\0\xff", "A\x08"])
def test_octets_before_the_prefix_are_passed_over(before: str) -> None:
    assert sent(Play().types(before.encode("latin-1") + b"AT\r")) == OK


@pytest.mark.parametrize("line", ["", "\r", "X\r", "TA\r", "A\r", "login: alice\r", "A T\r"])
def test_what_is_no_command_line_earns_nothing(line: str) -> None:
    assert sent(Play().types(line)) == b""


def test_commands_may_be_spaced_and_in_either_case() -> None:
    assert Play().runs("  e 0 v 1 x 4 S 7 = 6 0 s7? ") == b"\r\n060\r\n" + OK


def test_commands_run_in_the_order_of_the_line() -> None:
    assert Play().runs("S7=1S7?S7=2S7?") == b"\r\n001\r\n\r\n002\r\n" + OK


@pytest.mark.parametrize("parity", ["even", "mark"])
def test_the_parity_bit_is_ignored(parity: str) -> None:
    line = b"ATS7=60S7?\r"
    bits = {octet: 0x80 if parity == "mark" or octet.bit_count() % 2 else 0 for octet in line}
    assert sent(Play().types(bytes(octet | bits[octet] for octet in line))) == b"\r\n060\r\n" + OK


def test_echo_returns_the_octets_as_they_came_terminator_and_all() -> None:
    play = Play(ModemConfig())
    assert sent(play.types(b"junk \xe1t E1 \r")) == b"junk \xe1t E1 \r" + OK


def test_echo_of_what_follows_the_terminator_comes_behind_the_answer() -> None:
    assert sent(Play(ModemConfig()).types("AT\r\n")) == b"AT\r" + OK + b"\n"


def test_e0_ends_echo_after_its_own_line_and_e1_begins_it_after_its_own() -> None:
    play = Play(ModemConfig())
    assert sent(play.types("ATE0\rAT\r")) == b"ATE0\r" + OK + OK
    assert sent(play.types("ATE1\rAT\r")) == OK + b"AT\r" + OK


def test_s5_deletes_what_stands_before_it_but_not_the_prefix() -> None:
    play = Play(ModemConfig())
    assert sent(play.types("ATX9\b\b\b\bS7?\r")) == b"ATX9" + b"\b \b" * 2 + b"S7?\r\r\n050\r\n" + OK


def test_another_octet_can_delete() -> None:
    play = Play()
    assert play.runs("S5=127") == OK
    assert sent(play.types("ATQ9\x7f\x7fS5?\r")) == b"\r\n127\r\n" + OK
    assert sent(play.types("ATQ1\b\b\r")) == b"", "the old one is a control character without meaning"


def test_other_control_characters_in_a_body_are_dropped() -> None:
    assert sent(Play().types("AT\x00S\x117\n?\x1b\r")) == b"\r\n050\r\n" + OK


def test_another_octet_can_end_lines_and_its_answer_already_uses_it() -> None:
    play = Play()
    assert play.runs("S3=59") == b";\nOK;\n"
    assert sent(play.types("ATS3=13;")) == OK


def test_the_terminator_wins_when_it_is_also_the_editing_octet() -> None:
    play = Play()
    assert play.runs("S5=13") == OK
    assert play.runs("") == OK


def test_s4_is_the_second_octet_around_an_answer() -> None:
    assert Play().runs("S4=0S7?") == b"\r\x00050\r\x00\r\x00OK\r\x00"


def test_a_slash_repeats_the_last_line_without_a_terminator() -> None:
    play = Play()
    play.runs("S8?")
    assert sent(play.types("A/")) == b"\r\n002\r\n" + OK
    assert sent(play.types("a/A/")) == (b"\r\n002\r\n" + OK) * 2


def test_a_slash_before_any_line_repeats_an_empty_one() -> None:
    assert sent(Play().types("A/")) == OK


def test_a_slash_repeats_a_line_that_failed() -> None:
    play = Play()
    assert play.runs("S7=0") == ERROR
    assert sent(play.types("A/")) == ERROR


def test_a_body_of_a_thousand_octets_is_run() -> None:
    assert Play().runs("E0" * 500) == OK


def test_a_body_too_long_earns_error_at_its_end_and_is_not_repeated() -> None:
    play = Play()
    assert play.runs("S7?") == b"\r\n050\r\n" + OK
    assert sent(play.types(b"AT" + b"E0" * LONGEST_BODY)) == b""
    outputs = play.types("\r")
    assert sent(outputs) == ERROR
    assert notes(outputs, "command")[0]["result"] == "ERROR"
    assert sent(play.types("A/")) == b"\r\n050\r\n" + OK


def test_a_body_just_short_enough_is_run_and_one_octet_more_is_not() -> None:
    assert Play().runs(" " * LONGEST_BODY) == OK
    assert Play().runs(" " * (LONGEST_BODY + 1)) == ERROR


def test_half_a_line_waits_for_its_other_half() -> None:
    play = Play()
    assert play.types("ATS7") == []
    play.waits(3600)
    assert sent(play.types("?\r")) == b"\r\n050\r\n" + OK


def test_clearing_forgets_a_line_that_was_begun_but_not_the_one_to_repeat() -> None:
    line = CommandLine()
    line.take(b"ATE1\rATE0", 0, s3=13, s5=8)
    line.take(b"ATE0", 0, s3=13, s5=8)
    line.clear()
    assert line.take(b"\r", 0, s3=13, s5=8).body is None
    assert line.take(b"A/", 0, s3=13, s5=8).body == b"E1"


@pytest.mark.parametrize("octets", [b"A", b"AT", b"\r", b"\0", b"+", bytes(range(256)), b"AT\b", b"ATx\b"])
def test_a_flood_without_end_stays_bounded(octets: bytes) -> None:
    line, chunk, position = CommandLine(), octets * (65_536 // len(octets)), 0
    for _ in range(3):
        position = 0
        while position < len(chunk):
            position = line.take(chunk, position, s3=255, s5=8).end
        assert len(line._body) <= LONGEST_BODY
    assert position == len(chunk)


def test_each_line_run_is_noted_with_its_result() -> None:
    play = Play()
    assert notes(play.types("ate0\rAT ZZZ9\r"), "command") == [
        {"line": "ATe0", "result": "OK"},
        {"line": "AT ZZZ9", "result": "ERROR"},
    ]
