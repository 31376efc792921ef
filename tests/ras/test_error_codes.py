"""RAS error codes and what they stand for."""

from __future__ import annotations

import pytest

from simisp.ras.error_codes import ERRORS, Cause, ras_error
from simisp.ras.error_rows import ROWS


def test_every_code_stands_once_and_in_order() -> None:
    codes = [code for code, _, _ in ROWS]
    assert codes == sorted(set(codes))


def test_every_symbol_stands_once() -> None:
    symbols = [symbol for _, symbol, _ in ROWS]
    assert len(symbols) == len(set(symbols))


def test_the_codes_of_dial_up_networking_are_all_there() -> None:
    assert set(range(600, 757)) <= set(ERRORS)


def test_every_text_is_a_short_sentence() -> None:
    for error in ERRORS.values():
        assert error.text.endswith("."), error
        assert 10 <= len(error.text) <= 80, error


def test_633_has_the_text_that_people_look_for() -> None:
    assert str(ras_error(633)) == ("[633] The port is already in use or is not configured for Remote Access dial out.")


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_an_error(cause: Cause) -> None:
    assert cause.error.code == cause.value
    assert cause.error.symbol


@pytest.mark.parametrize(
    ("cause", "symbol"),
    [
        (Cause.BUSY, "ERROR_LINE_BUSY"),
        (Cause.NO_ANSWER, "ERROR_NO_ANSWER"),
        (Cause.NO_CARRIER, "ERROR_NO_CARRIER"),
        (Cause.NO_DIAL_TONE, "ERROR_NO_DIALTONE"),
        (Cause.VOICE, "ERROR_VOICE_ANSWER"),
        (Cause.PORT_IN_USE, "ERROR_PORT_NOT_AVAILABLE"),
        (Cause.SCRIPT_SYNTAX, "ERROR_SCRIPT_SYNTAX"),
        (Cause.AUTHENTICATION_FAILED, "ERROR_AUTHENTICATION_FAILURE"),
        (Cause.PPP_NO_RESPONSE, "ERROR_PPP_NO_RESPONSE"),
        (Cause.PPP_TIME_OUT, "ERROR_PPP_TIMEOUT"),
        (Cause.HARDWARE_FAILED, "ERROR_HARDWARE_FAILURE"),
        (Cause.MODEM_SILENT, "ERROR_PORT_OR_DEVICE"),
    ],
)
def test_what_happened_leads_to_the_symbol_of_the_header(cause: Cause, symbol: str) -> None:
    assert cause.error.symbol == symbol


def test_an_unknown_code_keeps_its_number() -> None:
    assert str(ras_error(999)) == "[999] Error 999."
