from __future__ import annotations

import pytest

from modem.dte_play import Play
from simisp.modem.registers import REGISTERS, Registers


@pytest.mark.parametrize("number", range(13))
def test_a_register_takes_its_bounds_and_nothing_beyond(number: int) -> None:
    register, play = REGISTERS[number], Play()
    quiet = 3 <= number <= 5  # these change how the answer itself looks
    for value in (register.low, register.high):
        answer = play.runs(f"S{number}={value}S{number}={register.factory}")
        assert quiet or answer == b"\r\nOK\r\n"
    assert play.runs(f"S{number}={register.high + 1}") == b"\r\nERROR\r\n"
    if register.low:
        assert play.runs(f"S{number}={register.low - 1}") == b"\r\nERROR\r\n"
    assert play.runs(f"S{number}?") == b"\r\n%03d\r\n\r\nOK\r\n" % register.factory


@pytest.mark.parametrize("register", REGISTERS.values(), ids=lambda register: f"S{register.number}")
def test_every_register_is_delivered_within_its_bounds(register: object) -> None:
    from simisp.modem.registers import Register

    assert isinstance(register, Register)
    assert 0 <= register.low <= register.factory <= register.high <= 255


def test_registers_above_s12_are_kept() -> None:
    assert Play().runs("S95=47S36=7S95?") == b"\r\n047\r\n\r\nOK\r\n"


def test_there_is_no_register_beyond_s255() -> None:
    play = Play()
    assert play.runs("S256?") == play.runs("S256=1") == play.runs("S99999999999999999999") == b"\r\nERROR\r\n"


def test_a_bare_register_is_selected_for_equals_and_question_mark() -> None:
    play = Play()
    assert play.runs("S7") == b"\r\nOK\r\n"
    assert play.runs("=33") == b"\r\nOK\r\n"
    assert play.runs("?") == b"\r\n033\r\n\r\nOK\r\n"
    assert play.runs("S8?=5?") == b"\r\n002\r\n\r\n005\r\n\r\nOK\r\n"


def test_s_without_a_number_is_s0_as_c_kermit_counts_on() -> None:
    assert Play().runs("S%C1") == b"\r\nOK\r\n"
    assert Play().runs("S=4S0?") == b"\r\n004\r\n\r\nOK\r\n"


def test_a_missing_value_is_zero() -> None:
    assert Play().runs("S0=5S0=S0?") == b"\r\n000\r\n\r\nOK\r\n"
    assert Play().runs("S7=") == b"\r\nERROR\r\n"


def test_the_bounds_of_a_register_can_be_asked_for() -> None:
    assert Play().runs("S7=?") == b"\r\n(1-255)\r\n\r\nOK\r\n"


def test_leading_zeros_do_not_matter() -> None:
    assert Play().runs("S007=0060S7?") == b"\r\n060\r\n\r\nOK\r\n"


def test_nothing_changes_when_a_value_is_refused() -> None:
    registers = Registers()
    assert not registers.set(7, 0)
    assert not registers.set(256, 0)
    assert registers[7] == 50


def test_a_line_is_run_up_to_the_command_that_fails() -> None:
    play = Play()
    assert play.runs("S8=9S7=0S9=9") == b"\r\nERROR\r\n"
    assert play.runs("S8?S9?") == b"\r\n009\r\n\r\n006\r\n\r\nOK\r\n"


def test_one_bit_of_a_register_can_be_set_and_read() -> None:
    play = Play()
    assert play.runs("S42.1=1S42?S42.1?S42.0?") == (b"\r\n002\r\n" + b"\r\n1\r\n" + b"\r\n0\r\n" + b"\r\nOK\r\n")
    assert play.runs("S42=255S42.7=0S42?") == b"\r\n127\r\n\r\nOK\r\n"


@pytest.mark.parametrize("line", ["S42.8=1", "S42.1=2", "S42.1=", "S42.1=?", "S42.1", "S3.7=1", "S.1=1", "S999.1=1"])
def test_a_bit_that_there_is_not_or_a_register_out_of_range_is_an_error(line: str) -> None:
    play = Play()
    assert play.runs(line).endswith(b"\r\nERROR\r\n")
    assert play.runs("S3?S42?") == b"\r\n013\r\n\r\n000\r\n\r\nOK\r\n"
