"""What a modem answers, as the dialler reads it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.modem import CallFailure, Modem, ModemConfig
from simisp.ras.error_codes import Cause
from simisp.ras.modem_responses import LONGEST_LINE, ModemResponseKind, ResponseReader


def kinds(data: bytes, reader: ResponseReader | None = None) -> list[tuple[ModemResponseKind, str]]:
    return [(response.kind, response.text) for response, _ in (reader or ResponseReader()).read(data)]


def test_words_and_numbers_mean_the_same() -> None:
    assert kinds(b"\r\nOK\r\n") == [(ModemResponseKind.OK, "OK")]
    assert kinds(b"0\r") == [(ModemResponseKind.OK, "OK")]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"\r\nBUSY\r\n", Cause.BUSY),
        (b"\r\nNO CARRIER\r\n", Cause.NO_CARRIER),
        (b"\r\nNO ANSWER\r\n", Cause.NO_ANSWER),
        (b"\r\nNO DIALTONE\r\n", Cause.NO_DIAL_TONE),
        (b"\r\nNO DIAL TONE\r\n", Cause.NO_DIAL_TONE),
        (b"\r\nVOICE\r\n", Cause.VOICE),
        (b"\r\nERROR\r\n", Cause.MODEM_ERROR),
        (b"\r\n+CME ERROR: 10\r\n", Cause.MODEM_ERROR),
        (b"\r\nbusy\r\n", Cause.BUSY),
        (b"3\r", Cause.NO_CARRIER),
        (b"4\r", Cause.MODEM_ERROR),
        (b"6\r", Cause.NO_DIAL_TONE),
        (b"7\r", Cause.BUSY),
        (b"8\r", Cause.NO_ANSWER),
    ],
)
def test_each_failure_has_its_cause(line: bytes, cause: Cause) -> None:
    ((response, _),) = ResponseReader().read(line)
    assert (response.kind, response.cause) == (ModemResponseKind.FAILURE, cause)


@pytest.mark.parametrize(
    ("line", "rate"),
    [(b"\r\nCONNECT\r\n", None), (b"\r\nCONNECT 33600/ARQ/V34\r\n", 33600), (b"1\r", None), (b"84\r", None)],
)
def test_connect_tells_the_rate_when_the_modem_does(line: bytes, rate: int | None) -> None:
    ((response, _),) = ResponseReader().read(line)
    assert (response.kind, response.rate) == (ModemResponseKind.CONNECT, rate)


@pytest.mark.parametrize(
    "line", [b"\r\nRING\r\n", b"2\r", b"\r\nCONNECTING\r\n", b"\r\nhello\r\n", b"\r\n\xff\xfe\r\n"]
)
def test_anything_else_decides_nothing(line: bytes) -> None:
    ((response, _),) = ResponseReader().read(line)
    assert response.kind is ModemResponseKind.OTHER


def test_what_follows_connect_is_not_taken() -> None:
    data = b"\r\nCONNECT 9600\r\nlogin:"
    ((_, end),) = ResponseReader().read(data)
    assert data[end:] == b"login:"


def test_echo_is_no_response_even_where_it_looks_like_one() -> None:
    reader = ResponseReader()
    reader.expect_echo_of(b"ATDT8")
    assert kinds(b"ATDT8\r\r\nOK\r\n", reader) == [(ModemResponseKind.OTHER, "ATDT8"), (ModemResponseKind.OK, "OK")]


def test_a_line_that_never_ends_is_bounded() -> None:
    reader = ResponseReader()
    assert kinds(b"x" * 100_000, reader) == []
    ((response, _),) = reader.read(b"\r\n")
    assert len(response.text) == LONGEST_LINE


def test_the_words_are_those_of_our_own_modem() -> None:
    expected = {
        CallFailure.BUSY: Cause.BUSY,
        CallFailure.NO_DIALTONE: Cause.NO_DIAL_TONE,
        CallFailure.NO_CARRIER: Cause.NO_CARRIER,
    }
    for verbose in (0, 1):
        for failure, cause in expected.items():
            modem = Modem(ModemConfig(settings={"V": verbose}))
            reader = ResponseReader()
            reader.expect_echo_of(b"ATDT1")
            modem.receive_data(b"ATDT1\r", now=0.0)
            modem.fail_call(failure, now=1.0)
            data = b"".join(getattr(output, "data", b"") for output in modem.take_outputs())
            causes = [response.cause for response, _ in reader.read(data) if response.cause]
            assert causes == [cause], (verbose, failure)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
@settings(max_examples=100)
def test_cutting_the_octets_changes_nothing(data: bytes, cuts: Sequence[int]) -> None:
    whole, pieces = ResponseReader(), ResponseReader()
    found = [response for response, _ in whole.read(data)]
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    in_pieces = [response for start, end in pairwise(places) for response, _ in pieces.read(data[start:end])]
    assert in_pieces == found
