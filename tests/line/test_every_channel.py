"""What every channel keeps, whatever it does to octets: the machine contract, the order of circuits, and secrets."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.line.channel import Channel
from simisp.machine import Output, SendData, SetCircuit
from simisp.spans import Spans, whole
from support.line_channels import CHANNELS

pytestmark = pytest.mark.parametrize("kind", CHANNELS)
DATA = bytes(range(65, 91)) * 4
ONE_DAY = 86400.0
Octet = tuple[float, int, bool, bool]


def emptied(channel: Channel, now: float) -> list[tuple[float, Output]]:
    """Let time pass until nothing is under way any more; return what came out, and when."""
    found = [(now, output) for output in channel.take_outputs()]
    while (due := channel.next_timer()) is not None:
        assert due < now + ONE_DAY, "it never falls still"
        now = max(now, due)
        channel.handle_timer(now=now)
        found += [(now, output) for output in channel.take_outputs()]
    assert channel.held == 0
    return found


def octets(outputs: list[tuple[float, Output]]) -> list[Octet]:
    """Return each octet with its time, and whether it is a secret and was relayed."""
    return [
        (at, octet, any(first <= index < end for first, end in output.secrets), output.relayed)
        for at, output in outputs
        if isinstance(output, SendData)
        for index, octet in enumerate(output.data)
    ]


def sent(kind: str, pieces: list[bytes], *, secret: bool = False, relayed: bool = False) -> list[Octet]:
    channel = CHANNELS[kind](Random("a seed"))
    out: list[tuple[float, Output]] = []
    for piece in pieces:
        spans: Spans = whole(piece) if secret else ()
        channel.receive_data(piece, now=1.0, secrets=spans, relayed=relayed)
        out += [(1.0, output) for output in channel.take_outputs()]
    return octets(out + emptied(channel, 1.0))


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, len(DATA)), max_size=5).map(sorted))
def test_cutting_the_octets_elsewhere_changes_nothing(kind: str, cuts: list[int]) -> None:
    pieces = [DATA[start:end] for start, end in zip([0, *cuts], [*cuts, len(DATA)], strict=True)]
    assert sent(kind, pieces) == sent(kind, [DATA])


def test_equal_seeds_do_the_same_to_the_same_octets(kind: str) -> None:
    assert sent(kind, [DATA] * 3) == sent(kind, [DATA] * 3)


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("relayed", [False, True])
def test_what_went_in_as_a_secret_or_as_relayed_comes_out_so(kind: str, secret: bool, relayed: bool) -> None:
    found = sent(kind, [DATA, DATA], secret=secret, relayed=relayed)
    assert found
    assert {(is_secret, was_relayed) for _, _, is_secret, was_relayed in found} == {(secret, relayed)}


def test_a_circuit_keeps_its_place_among_the_octets(kind: str) -> None:
    alone, channel = CHANNELS[kind](Random(1)), CHANNELS[kind](Random(1))
    alone.receive_data(b"b" * 64, now=0.0)
    before = len(octets(emptied(alone, 0.0)))
    channel.receive_data(b"b" * 64, now=0.0)
    channel.set_circuit(Circuit.RI, False, now=0.0)
    channel.receive_data(b"a" * 64, now=0.0)
    out = emptied(channel, 0.0)
    place = [output for _, output in out].index(SetCircuit(Circuit.RI, False))
    assert len(octets(out[:place])) == before
    assert octets(out[place + 1 :])


def test_a_timer_that_was_handled_is_over(kind: str) -> None:
    channel = CHANNELS[kind](Random(1))
    channel.receive_data(DATA, now=0.0)
    for _ in range(len(DATA)):
        due = channel.next_timer()
        if due is None:
            break
        assert due >= 0.0
        channel.handle_timer(now=due)
        following = channel.next_timer()
        assert following is None or following > due


def test_a_line_that_is_cleared_holds_no_octet_any_more(kind: str) -> None:
    channel = CHANNELS[kind](Random(1))
    channel.receive_data(DATA, now=0.0)
    channel.take_outputs()
    channel.clear()
    assert channel.held == 0
    assert not octets(emptied(channel, 0.0))
