"""The multiplexer, in both roles and both options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from fuzz.inputs import cuts_of, flooded, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.cmux.advanced_option import encode_advanced
from simisp.cmux.basic_option import encode_basic
from simisp.cmux.conduct import CommandBit, DiscAnswer, MuxConduct, SignalsSent
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.control_message import ControlMessage, MessageKind
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.cmux.multiplexer import Multiplexer
from simisp.cmux.signals import V24Signals
from simisp.scenario.load import loads
from simisp.scenario.session import session

__all__ = ["TARGETS"]

_ROOM = 400_000
"""What a multiplexer may keep: octets of some DLCs that the other side does not take."""


def _words(random: Random, *, advanced: bool) -> list[bytes]:
    encode = encode_advanced if advanced else encode_basic
    frames = [MuxFrame(0, FrameKind.SABM, command=True, final=True)]
    for _ in range(8):
        kind, dlci = random.choice(list(FrameKind)), random.choice((0, 1, 1, 2, 61))
        data = random.randbytes(random.choice((0, 1, 3, 31, 40)))
        frames.append(MuxFrame(dlci, kind, random.random() < 0.8, random.random() < 0.5, data))
    for _ in range(6):
        kinds = [each.value for each in MessageKind if each is not MessageKind.CLD]
        value = random.choice((b"", b"\x07", b"\x07\x8d", b"\x07\x02", random.randbytes(8), random.randbytes(30)))
        message = ControlMessage(random.choice([*kinds, 0x03]), random.random() < 0.7, value).encode()
        frames.append(MuxFrame(0, FrameKind.UIH, command=True, data=message[: random.choice((1, 5, 100))]))
    return [*map(encode, frames), b"\xf9", b"\x7e", b"\x7d", b"AT\r", b"\r\nRDY\r\n"]


def _made(random: Random) -> Case:
    advanced = random.random() < 0.4
    words = _words(random, advanced=advanced)
    events: list[Event] = [("octets", words[0], ())]
    for _ in range(random.randint(1, 14)):
        match random.randint(0, 9):
            case 0 | 1:
                events.append(("wait", pause(random)))
            case 2:
                events.append(("open", random.randint(0, 3)))
            case 3:
                events.append((random.choice(("close", "close", "signals")), random.randint(1, 3)))
            case 4:
                events.append(("send", random.randint(1, 3), random.randbytes(random.choice((1, 50, 3000)))))
            case _:
                data = flooded(random, octets(random, words))
                events.append(("octets", data, cuts_of(random, len(data))))
    manners = (
        random.choice(list(DiscAnswer)).name,
        random.choice(list(CommandBit)).name,
        random.choice(list(SignalsSent)).name,
        *(random.random() < 0.2 for _ in range(3)),
    )
    return advanced, random.random() < 0.3, random.choice((1, 31, 64, 1500)), manners, tuple(events)


def _check(
    advanced: bool,
    initiator: bool,
    size: int,
    manners: tuple[str, str, str, bool, bool, bool],
    events: tuple[Event, ...],
) -> None:
    disc, bit, signals, single, stopped, dumb = manners
    conduct = MuxConduct(
        disc=DiscAnswer[disc], command_bit=CommandBit[bit], signals=SignalsSent[signals],
        octet_a_frame=single, never_ready=stopped, answers_flags=not dumb, lost_length=3,
    )  # fmt: skip

    def make() -> tuple[Multiplexer, Mapping[str, Callable[..., None]]]:
        mux = Multiplexer(MultiplexerConfig(initiator=initiator, advanced=advanced, frame_size=size), conduct)
        if initiator:
            mux.open(0, now=0.0)
        return mux, {
            "open": mux.open,
            "close": mux.close,
            "send": mux.send,
            "signals": lambda dlci, *, now: mux.set_signals(dlci, V24Signals(ring=True), now=now),
        }

    check_cutting(make, events, _ROOM)


# A modem that becomes a multiplexer --------------------------------------------------------------------------------


def _made_line(random: Random) -> Case:
    advanced = random.random() < 0.4
    encode = encode_advanced if advanced else encode_basic
    words = _words(random, advanced=advanced)
    sabm = [encode(MuxFrame(dlci, FrameKind.SABM, command=True, final=True)) for dlci in (0, 1, 2)]
    said = [
        encode(MuxFrame(random.choice((1, 1, 2)), FrameKind.UIH, command=True, data=data))
        for data in (b"AT\r", b"ATDT1\r", b"ATE0\r", b"A", b"T\r", b"+++", b"ATH\r", b"AT&V\r", b"alice\r", b"\x1a")
    ]
    ends = [encode(MuxFrame(0, FrameKind.UIH, command=True, data=b"\xc3\x01")), b"AT+CMUX=%d\r" % advanced, b"ATZ\r"]
    events: list[Event] = [("circuit", "DTR", True), ("octets", b"AT+CMUX=%d\r" % advanced + b"".join(sabm), ())]
    for _ in range(random.randint(1, 12)):
        match random.randint(0, 9):
            case 0 | 1 | 2:
                events.append(("wait", pause(random)))
            case 3 if random.random() < 0.3:
                events.append(("circuit", random.choice(("DTR", "RTS")), random.random() < 0.5))
            case _:
                data = flooded(random, octets(random, [*said, *said, *sabm, *ends, *random.sample(words, 4)]))
                events.append(("octets", data, cuts_of(random, len(data))))
    return random.choice(("", "octet a frame: yes", "restarts after: 3s", "greeting: RDY")), tuple(events)


def _check_line(manner: str, events: tuple[Event, ...]) -> None:
    steps = "dialogue: [prompt: 'login:', send: hello]"
    loaded = loads(f"title: x\nmodem: {{cmux: {{{manner}}}}}\nisp: {{{steps}}}")
    check_cutting(lambda: (session(loaded), {}), events, 2 * _ROOM)


TARGETS = [Target("cmux", _made, _check, smoke=40), Target("cmux line", _made_line, _check_line, smoke=20)]
