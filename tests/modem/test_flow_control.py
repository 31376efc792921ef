"""DC1 and DC3 from the DTE during a call."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.dte_play import Play, notes, relayed, sent
from simisp.machine import Output
from simisp.modem.call_control import STOPPED_OCTETS

XON, XOFF = b"\x11", b"\x13"
TAKEN = ["+IFC=1,1", "+IFC=1", "&K4", "\\Q1"]
PASSED = ["+IFC=3,1", "&K5"]


def in_a_call(init: str) -> Play:
    play = Play()
    play.runs(init)
    play.calls()
    return play


@pytest.mark.parametrize("init", [*TAKEN, *PASSED])
def test_dc3_stops_what_comes_from_the_far_end_and_dc1_lets_it_go_on(init: str) -> None:
    play = in_a_call(init)
    assert sent(play.hears(b"one ")) == b"one "
    play.types(XOFF)
    assert sent(play.hears(b"two ")) == b""
    assert sent(play.hears(b"three")) == b""
    assert sent(play.types(XON)) == b"two three"
    assert sent(play.hears(b" four")) == b" four"


@pytest.mark.parametrize(
    ("init", "reaches"), [*((init, b"abc") for init in TAKEN), *((init, b"a\x13b\x11c") for init in PASSED)]
)
def test_whether_they_reach_the_far_end_is_a_setting(init: str, reaches: bytes) -> None:
    assert relayed(in_a_call(init).types(b"a\x13b\x11c")) == reaches


@pytest.mark.parametrize("init", ["", "+IFC=2,2", "+IFC=0,0", "&K3", "&K0", "\\Q3"])
def test_with_any_other_flow_control_they_are_data(init: str) -> None:
    play = in_a_call(init)
    assert relayed(play.types(b"a\x13b")) == b"a\x13b"
    assert sent(play.hears(b"one")) == b"one"


def test_a_secret_that_was_held_is_still_one() -> None:
    play = in_a_call("&K4")
    play.types(XOFF)
    play.hears(b"word: ")
    play.hears(b"secret", secret=True)
    (output,) = play.types(XON)
    assert getattr(output, "secrets", ()) == ((6, 12),)


def test_what_is_held_is_bounded_and_what_is_lost_is_told() -> None:
    play = in_a_call("&K4")
    play.types(XOFF)
    play.hears(b"x" * STOPPED_OCTETS)
    assert notes(play.hears(b"yz"), "octets lost") == [{"count": 2, "why": "stopped by DC3"}]
    assert sent(play.types(XON)) == b"x" * STOPPED_OCTETS


def test_a_new_call_begins_unstopped_and_so_does_ato() -> None:
    play = in_a_call("&K4")
    play.types(XOFF)
    play.dtr(False)
    play.dtr(True)
    play.calls()
    assert sent(play.hears(b"one")) == b"one"
    play.types(XOFF)
    play.hears(b"two")
    play.waits(2.0)
    play.types("+++")
    play.waits(1.0)
    assert play.runs("O") == b"\r\nCONNECT 33600\r\ntwo"


def test_flow_control_does_not_disturb_the_escape() -> None:
    play = in_a_call("&K4")
    play.types(b"++\x11+")
    assert sent(play.waits(1.0)) == b"\r\nOK\r\n"


PIECES = st.lists(st.one_of(st.sampled_from([XON, XOFF, b"+++", b"a"]), st.binary(max_size=5)), max_size=8).map(
    b"".join
)


@settings(deadline=None)
@given(PIECES, st.integers(1, 5), st.sampled_from(["&K4", "&K5", "S12=0&K4", "S12=0&K5"]))
def test_cutting_changes_nothing(data: bytes, size: int, init: str) -> None:
    def played(pieces: list[bytes]) -> tuple[bytes, bytes, list[str]]:
        play, outputs = in_a_call(init), list[Output]()
        for piece in pieces:
            outputs += play.types(piece)
        outputs += [*play.hears(b"far"), *play.waits(2.0)]
        return (
            sent(outputs),
            relayed(outputs),
            [type(output).__name__ for output in outputs if hasattr(output, "state")],
        )

    assert played([data]) == played([data[start : start + size] for start in range(0, len(data), size)])
