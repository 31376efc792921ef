"""AT+CMUX as a command: what it answers, and what it asks of the modem's owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simisp.machine import SendData
from simisp.modem.command_row import CommandTable
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.config import ModemConfig
from simisp.modem.modem import Modem
from simisp.modem.multiplexing import MULTIPLEX, MULTIPLEX_WITHIN, MultiplexerRequested

WITH_CMUX = ModemConfig(
    replace(STANDARD_PROFILE, rows=CommandTable((*STANDARD_PROFILE.rows.values(), MULTIPLEX))), settings={"E": 0}
)


def said(modem: Modem, line: bytes) -> tuple[str, list[MultiplexerRequested]]:
    modem.receive_data(line + b"\r", now=1.0)
    outputs = modem.take_outputs()
    text = b"".join(output.data for output in outputs if isinstance(output, SendData)).decode()
    return text, [output for output in outputs if isinstance(output, MultiplexerRequested)]


def test_the_test_form_lists_what_there_is() -> None:
    text, asked = said(Modem(WITH_CMUX), b"AT+CMUX=?")
    assert "+CMUX: (0-1),(0-1),(1-6),(1-32767),(1-255),(0-100),(2-255),(1-255),(1-7)\r\n" in text
    assert not asked


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"AT+CMUX=0", MultiplexerRequested(False, False, 31, 0.1, 3, 0.3, 10.0)),
        (b"AT+CMUX=1", MultiplexerRequested(True, False, 64, 0.1, 3, 0.3, 10.0)),
        (b"AT+CMUX=0,0,5,127,10,3,30,10,2", MultiplexerRequested(False, False, 127, 0.1, 3, 0.3, 10.0)),
        (b"AT+CMUX=1,1,,1500,20,5,40,20", MultiplexerRequested(True, True, 1500, 0.2, 5, 0.4, 20.0)),
    ],
)
def test_each_form_asks_for_its_multiplexer_and_gives_ok(line: bytes, expected: MultiplexerRequested) -> None:
    text, asked = said(Modem(WITH_CMUX), line)
    assert text == "\r\nOK\r\n"
    assert asked == [expected]


@pytest.mark.parametrize("line", [b"AT+CMUX", b"AT+CMUX=", b"AT+CMUX=2", b"AT+CMUX=0,0,9", b"AT+CMUX=0,0,5,0"])
def test_what_cannot_be_had_gives_error(line: bytes) -> None:
    assert said(Modem(WITH_CMUX), line) == ("\r\nERROR\r\n", [])


def test_the_read_form_shows_what_was_last_asked_for() -> None:
    modem = Modem(WITH_CMUX)
    said(modem, b"AT+CMUX=1")
    assert said(modem, b"AT+CMUX?")[0] == "\r\n+CMUX: 1,0,5,64,10,3,30,10,2\r\n\r\nOK\r\n"


def test_a_modem_without_the_row_and_a_channel_of_a_multiplexer_give_error() -> None:
    within = ModemConfig(
        replace(STANDARD_PROFILE, rows=CommandTable((*STANDARD_PROFILE.rows.values(), MULTIPLEX_WITHIN)))
    )
    for config in (ModemConfig(), within):
        assert "ERROR" in said(Modem(config), b"AT+CMUX=0")[0]


def test_there_is_no_multiplexer_during_a_call() -> None:
    modem = Modem(WITH_CMUX)
    modem.receive_data(b"ATDT1\r", now=0.0)
    modem.connect(now=1.0)
    modem.receive_data(b"+++", now=3.0)
    modem.handle_timer(now=5.0)
    modem.take_outputs()
    assert said(modem, b"AT+CMUX=0") == ("\r\nERROR\r\n", [])
