"""A PPP link in both roles, and PPP at a prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random

from fuzz.inputs import cuts_of, flooded, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.circuits import Circuit
from simisp.far_end import FarEnd, HandedOver
from simisp.isp.dialogue import Dialogue
from simisp.isp.steps import DialogueProgram, ReadLine, Send
from simisp.joined_program import ProgramCommand, ProgramFed, ProgramJoined, ProgramLeft
from simisp.machine import Output, SendData, SendUnrecorded
from simisp.ppp.behaviours.table import BEHAVIOURS
from simisp.ppp.config import AuthMethod, PppRole
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.frame import CODE_NAMES, ConfigOption, ControlPacket, ProtocolNumber, encode_options, frame_of
from simisp.ppp.hdlc import Framer
from simisp.ppp.link import PppLink
from simisp.ppp.network import echo_request
from simisp.ppp.program_network import PppProgramFarEnd
from simisp.ppp.slip import SlipFramer
from simisp.ppp.start import PppStart
from support.two_links import CLIENT, LOCAL, REMOTE, SERVER, TwoLinks

__all__ = ["TARGETS"]

_ROOM = 60_000
_PROTOCOLS = (*CODE_NAMES, ProtocolNumber.IP, ProtocolNumber.IPV6, 0x8281, 0xC025, 0xC227, 0x0001)


@lru_cache(maxsize=16)
def _conversation(method: str, *, of_server: bool) -> tuple[bytes, ...]:
    """Return what one side sends in a link that comes up and ends: with it a link gets far."""
    both = TwoLinks(server_auth=(AuthMethod(method),)).start()
    both.client.link.close(b"bye", now=0.0)
    both.settle()
    side = both.server if of_server else both.client
    return tuple(output.data for output in side.outputs if isinstance(output, SendData))


def _packet(random: Random) -> bytes:
    options = [
        ConfigOption(
            random.choice((1, 2, 3, 3, 4, 5, 7, 8, 13, 129, 131)), random.randbytes(random.choice((0, 2, 4, 8)))
        )
        for _ in range(random.randint(0, 4))
    ]
    data = random.choice((encode_options(options), random.randbytes(random.randint(0, 30)), b"\x03joe\x06secret"))
    return ControlPacket(random.randint(0, 15), random.choice((1, 1, 2, 3, 200)), data).encode()


def _words(random: Random, method: str, *, server: bool) -> list[bytes]:
    framer = Framer()
    made = [
        framer.encode(
            frame_of(random.choice(_PROTOCOLS), _packet(random), acfc=random.random() < 0.3, pfc=random.random() < 0.3),
            accm=random.choice((0, 0xFFFFFFFF)),
        )
        for _ in range(10)
    ]
    return [*made, *_conversation(method, of_server=not server), b"~", b"}", b"~}~", b"NO CARRIER\r\n", b"\x11\x13"]


def _made(random: Random) -> Case:
    server, method = random.random() < 0.6, random.choice([method.value for method in AuthMethod])
    words = _words(random, method, server=server)
    events: list[Event] = []
    if random.random() < 0.7:
        said = _conversation(method, of_server=not server)
        events += [("octets", data, ()) for data in said[: random.randint(0, len(said))]]
    for _ in range(random.randint(1, 10)):
        match random.randint(0, 9):
            case 0 | 1 | 2:
                events.append(("wait", pause(random)))
            case 3 if random.random() < 0.3:
                events.append(random.choice((("close",), ("circuit", "DCD", False))))
            case _:
                data = flooded(random, octets(random, words))
                events.append(("octets", data, cuts_of(random, len(data))))
    return server, method, random.random() < 0.3, tuple(events)


def _check(server: bool, method: str, extras: bool, events: tuple[Event, ...]) -> None:
    config = replace(SERVER, auth=(AuthMethod(method),)) if server else CLIENT
    if extras:
        config = replace(config, ipv6=True, ccp=True, echo_every=5.0, mru=300, accm=0x000A0000)
    assert (config.role is PppRole.SERVER) == server

    def make() -> tuple[PppLink, Mapping[str, Callable[..., None]]]:
        link = PppLink(config)
        link.start(now=0.0)
        return link, {"close": lambda *, now: link.close(b"enough", now=now)}

    check_cutting(make, events, _ROOM)


# Badly behaved --------------------------------------------------------------------------------------------------------


def _made_badly(random: Random) -> Case:
    """Return what the caller of a link says, which behaves badly and often gets far."""
    _, method, _, events = _made(random)
    said = _conversation(method, of_server=False)[:-1] if random.random() < 0.6 else ()
    name = random.choice(list(BEHAVIOURS))
    return name, method, tuple(("octets", data, ()) for data in said) + tuple(e for e in events if e[0] != "close")


def _check_badly(name: str, method: str, events: tuple[Event, ...]) -> None:
    def make() -> tuple[PppFarEnd, Mapping[str, Callable[..., None]]]:
        behaviour = BEHAVIOURS[name].make()
        far_end = PppFarEnd(behaviour.configured(replace(SERVER, auth=(AuthMethod(method),))), behaviour)
        far_end.start(now=0.0)
        return far_end, {}

    check_cutting(make, events, _ROOM)


# At a prompt ---------------------------------------------------------------------------------------------------------


def _made_prompt(random: Random) -> Case:
    words = [*_words(random, "pap", server=True), b"joe\r", b"~\xff", b"~\xff}#", b"~}\xdf\x03\xc0", b"\r\n", b"~~~"]
    events: list[Event] = []
    for _ in range(random.randint(1, 8)):
        if random.random() < 0.3:
            events.append(("wait", pause(random)))
        else:
            data = octets(random, words)
            events.append(("octets", data, cuts_of(random, len(data))))
    return (tuple(events),)


class _Prompt:
    """A prompt where PPP may start, and the far end that follows it, as one machine."""

    def __init__(self, first: FarEnd) -> None:
        self._far_end = first
        self._outputs: list[Output] = []
        self._far_end.start(now=0.0)
        self._collect(0.0)

    def receive_data(self, data: bytes, *, now: float) -> None:
        self._far_end.receive_data(data, now=now)
        self._collect(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None: ...

    def handle_timer(self, *, now: float) -> None:
        self._far_end.handle_timer(now=now)
        self._collect(now)

    def next_timer(self) -> float | None:
        return self._far_end.next_timer()

    def take_outputs(self) -> list[Output]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def _collect(self, now: float) -> None:
        for output in self._far_end.take_outputs():
            if isinstance(output, HandedOver):
                self._far_end = output.to
                self._far_end.start(now=now)
                self._far_end.receive_data(output.unread, now=now)
                self._collect(now)
            else:
                self._outputs.append(output)


def _check_prompt(events: tuple[Event, ...]) -> None:
    code = (Send("login:", own_line=True), ReadLine("login:", again=0, name="user", otherwise=0))

    def make() -> tuple[_Prompt, Mapping[str, Callable[..., None]]]:
        return _Prompt(PppStart(Dialogue(DialogueProgram(code)), lambda: PppFarEnd(SERVER))), {}

    check_cutting(make, events, _ROOM)


# With a program behind it ---------------------------------------------------------------------------------------------


def _made_program(random: Random) -> Case:
    """Return what the caller of a link says, and what the program behind it says and when it ends."""
    _, method, _, events = _made(random)
    packets = [echo_request(REMOTE, LOCAL, identifier=1, sequence=1, data=random.randbytes(9)), random.randbytes(30)]
    slip = SlipFramer()
    mixed: list[Event] = [("octets", data, ()) for data in _conversation(method, of_server=False)[:-1]]
    for event in events:
        if event[0] == "close":
            continue
        mixed.append(event)
        match random.randint(0, 5):
            case 0 | 1:
                said = slip.encode(random.choice(packets))
                mixed.append(("say", random.choice((said, said[: len(said) // 2], random.randbytes(40), said * 200))))
            case 2 if random.random() < 0.2:
                mixed.append(("end",))
            case _:
                pass
    return method, tuple(mixed)


class _WithProgram(PppProgramFarEnd):
    """What goes to the program as octets, which may be cut anywhere."""

    def take_outputs(self) -> list[Output]:
        outputs = super().take_outputs()
        fed = b"".join(output.data for output in outputs if isinstance(output, ProgramFed))
        others = [output for output in outputs if not isinstance(output, ProgramFed | ProgramJoined | ProgramLeft)]
        return [*others, SendUnrecorded(fed)] if fed else others


def _check_program(method: str, events: tuple[Event, ...]) -> None:
    def make() -> tuple[_WithProgram, Mapping[str, Callable[..., None]]]:
        far_end = _WithProgram(replace(SERVER, auth=(AuthMethod(method),)), ProgramCommand(("none",)))
        far_end.start(now=0.0)
        return far_end, {"say": far_end.program.take, "end": far_end.program.end}

    check_cutting(make, events, _ROOM)


TARGETS = [
    Target("ppp", _made, _check, smoke=100),
    Target("ppp badly behaved", _made_badly, _check_badly, smoke=60),
    Target("ppp at a prompt", _made_prompt, _check_prompt, smoke=60),
    Target("ppp with a program", _made_program, _check_program, smoke=25),
]
