from __future__ import annotations

import pytest

from modem.dte_play import Play, notes, sent
from simisp.modem import CallFailure
from simisp.modem.result_codes import CONNECT_NUMBERS, ResultCode, result_number


def test_words_and_numbers_are_those_of_the_standard() -> None:
    assert {code.value: code.words for code in ResultCode} == {
        0: "OK",
        1: "CONNECT",
        2: "RING",
        3: "NO CARRIER",
        4: "ERROR",
        6: "NO DIALTONE",
        7: "BUSY",
        8: "NO ANSWER",
    }


def test_no_rate_has_the_number_of_another_result() -> None:
    numbers = list(CONNECT_NUMBERS.values())
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & {code.value for code in ResultCode if code is not ResultCode.CONNECT}


def test_a_rate_without_a_number_of_its_own_is_a_plain_connect() -> None:
    assert result_number(ResultCode.CONNECT, 49333) == 1


def test_v0_sends_numbers_with_s3_alone_and_information_with_an_end_only() -> None:
    assert Play().runs("V0S7?") == b"050\r\n0\r"
    assert Play().runs("V0S3=33$") == b"4!"


def test_v0_has_the_number_of_the_rate() -> None:
    play = Play()
    play.runs("V0DT1")
    assert sent(play.connects(33600)) == b"84\r"


def test_q1_silences_result_codes_but_not_information_text() -> None:
    play = Play()
    assert play.runs("Q1") == b""
    assert play.runs("S7?") == b"\r\n050\r\n"
    assert play.runs("BOGUS$") == b""
    assert play.runs("Q0") == b"\r\nOK\r\n"


def test_q1_silences_the_results_of_calls_too_and_the_transcript_still_has_them() -> None:
    play = Play()
    play.runs("Q1DT1")
    outputs = play.connects()
    assert sent(outputs) == b""
    assert notes(outputs, "result code") == [{"code": "CONNECT", "rate": 33600}]
    assert sent(play.rings()) == b""


@pytest.mark.parametrize("level", range(5))
def test_connect_tells_the_rate_from_x1_on(level: int) -> None:
    play = Play()
    play.runs(f"X{level}DTW1")
    assert sent(play.connects(28800)) == (b"\r\nCONNECT 28800\r\n" if level else b"\r\nCONNECT\r\n")


@pytest.mark.parametrize("level", range(5))
def test_x0_resumes_without_the_rate_as_it_connected(level: int) -> None:
    play = Play()
    play.calls(f"X{level}DTW1")
    play.types("+++")
    play.waits(1.0)
    assert play.runs("O") == (b"\r\nCONNECT 33600\r\n" if level else b"\r\nCONNECT\r\n")


HEARD = {
    CallFailure.BUSY: {3, 4},
    CallFailure.NO_DIALTONE: {2, 4},
    CallFailure.NO_ANSWER: {3, 4},
    CallFailure.NO_CARRIER: {0, 1, 2, 3, 4},
}


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("failure", CallFailure)
def test_x_decides_which_failures_are_heard_and_s7_ends_the_others(failure: CallFailure, level: int) -> None:
    play = Play()
    play.runs(f"X{level}S7=30DT1")
    play.waits(2.0)
    play.modem.fail_call(failure, now=play.now)
    words = failure.name.replace("_", " ").encode()
    if level in HEARD[failure]:
        assert sent(play.modem.take_outputs()) == b"\r\n" + words + b"\r\n"
        assert play.modem.next_timer() is None
    else:
        assert sent(play.modem.take_outputs()) == b""
        assert sent(play.waits(30.0)) == b"\r\nNO CARRIER\r\n"


def test_w_listens_for_dial_tone_whatever_x_says() -> None:
    play = Play()
    play.runs("X0DTW1")
    play.modem.fail_call(CallFailure.NO_DIALTONE, now=play.now)
    assert sent(play.modem.take_outputs()) == b"\r\nNO DIALTONE\r\n"


def test_quiet_answer_hears_no_answer_whatever_x_says() -> None:
    play = Play()
    play.runs("X0DTW1@")
    play.modem.fail_call(CallFailure.NO_ANSWER, now=play.now)
    assert sent(play.modem.take_outputs()) == b"\r\nNO ANSWER\r\n"
