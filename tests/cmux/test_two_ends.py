"""Two ends of ours, at random: octet by octet, with loss, and with anything that a peer could send."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from simisp.cmux.basic_option import encode_basic
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.control_message import MessageKind
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.cmux.multiplexer import Multiplexer
from simisp.machine import Output, SendData
from support.two_muxes import TwoMuxes

seeds = st.integers(0, 2**32)
sayings = st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.binary(min_size=1, max_size=90)), max_size=8)


@given(seed=seeds, said=sayings, advanced=st.booleans(), size=st.sampled_from((1, 5, 31, 127, 500)))
def test_an_octet_at_a_time_in_any_order_everything_arrives(
    seed: int, said: list[tuple[bool, int, bytes]], advanced: bool, size: int
) -> None:
    random = Random(seed)
    both = TwoMuxes(advanced=advanced, frame_size=size).open(1, 2, 3)
    expected: dict[tuple[bool, int], bytes] = {}
    for by_client, dlci, data in said:
        (both.client if by_client else both.modem).mux.send(dlci, data, now=0.0)
        expected[by_client, dlci] = expected.get((by_client, dlci), b"") + data
        for _ in range(random.randint(0, 60)):
            both.pass_one(from_client=random.random() < 0.5)
    while True:
        both.client.settle()
        both.modem.settle()
        if not both.client.to_peer and not both.modem.to_peer:
            break
        both.pass_one(from_client=bool(both.client.to_peer) and random.random() < 0.5)
        both.pass_one(from_client=not both.modem.to_peer)
    heard = {(True, dlci): bytes(data) for dlci, data in both.modem.heard.items()}
    heard |= {(False, dlci): bytes(data) for dlci, data in both.client.heard.items()}
    assert heard == expected


@given(seed=seeds, advanced=st.booleans())
def test_whatever_is_lost_no_end_waits_for_ever_and_a_new_dlc_works_afterwards(seed: int, advanced: bool) -> None:
    random = Random(seed)
    both = TwoMuxes(advanced=advanced).open(1)
    for _ in range(30):
        side = random.choice((both.client, both.modem))
        match random.randint(0, 4):
            case 0:
                side.mux.open(random.randint(1, 3), now=both.now)
            case 1:
                side.mux.close(random.randint(1, 3), now=both.now)
            case 2:
                side.mux.command(random.choice((MessageKind.TEST, MessageKind.SNC)), b"\x07", now=both.now)
            case _:
                side.mux.send(random.randint(1, 3), random.randbytes(random.randint(1, 40)), now=both.now)
        for _ in range(random.randint(0, 30)):
            both.pass_one(from_client=random.random() < 0.5, lost=random.random() < 0.05)
    # A damaged frame may stay unfinished until others follow it, as many as fill it.
    both.wait(20.0)
    for _ in range(8):
        both.client.mux.send(1, bytes(31), now=both.now)
        both.modem.mux.send(1, bytes(31), now=both.now)
        both.wait(1.0)
    assert not both.client.mux.over
    assert not both.modem.mux.over
    both.wait(20.0)
    assert both.client.mux.next_timer() is both.modem.mux.next_timer() is None
    both.client.mux.close(5, now=both.now)
    both.client.mux.open(5, now=both.now)
    both.wait(5.0)
    both.client.mux.send(5, b"hello", now=both.now)
    both.wait(5.0)
    assert bytes(both.modem.heard[5]) == b"hello"


_PIECES = [
    b"\xf9", b"\x7e", b"\x7d", b"\xf9\xf9\xf9", b"AT\r\n", b"RDY", b"\xe3\x05\x07\x0d", b"\xc3\x01", b"\x43\x01",
    *(encode_basic(MuxFrame(dlci, kind, command=True, final=True)) for dlci in (0, 1, 9) for kind in FrameKind),
    *(
        encode_basic(MuxFrame(0, FrameKind.UIH, command=True, data=bytes((kind.value, 3, 7))))
        for kind in MessageKind
        if kind is not MessageKind.CLD
    ),
]  # fmt: skip
peers = st.lists(st.sampled_from(_PIECES) | st.binary(min_size=1, max_size=6), max_size=25)


def played(pieces: list[bytes], *, initiator: bool, octets: int | None) -> tuple[bytes, list[Output]]:
    mux = Multiplexer(MultiplexerConfig(initiator=initiator))
    if initiator:
        mux.open(0, now=0.0)
    now = 0.0
    outputs: list[Output] = []
    for piece in pieces:
        for start in range(0, len(piece), octets or len(piece)):
            mux.receive_data(piece[start : start + (octets or len(piece))], now=now)
            outputs += mux.take_outputs()
        now += 0.05
        mux.handle_timer(now=now)
        outputs += mux.take_outputs()
    sent = b"".join(output.data for output in outputs if isinstance(output, SendData))
    return sent, [output for output in outputs if not isinstance(output, SendData)]


@given(pieces=peers, initiator=st.booleans())
def test_cutting_changes_nothing_and_nothing_raises(pieces: list[bytes], initiator: bool) -> None:
    assert played(pieces, initiator=initiator, octets=1) == played(pieces, initiator=initiator, octets=None)
