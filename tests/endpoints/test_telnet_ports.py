"""Telnet and RFC 2217 on a real connection: no storm, no junk and no client that does not read makes trouble."""

from __future__ import annotations

import os
import random

import pytest

from endpoints.ports import Played, StreamClient, TelnetClient
from simisp.circuits import Circuit
from simisp.endpoints.base import BreakSeen, CallerNamed, DataArrived, PortClosed, PortOpened, RoomMade
from simisp.endpoints.rfc2217 import Rfc2217Coding
from simisp.endpoints.spec import parse_endpoint
from simisp.endpoints.telnet import TelnetCoding
from simisp.telnet.codes import AYT, BINARY, BREAK, COM_PORT, DO, DONT, IAC, SB, SE, TERMINAL_TYPE, WILL, WONT
from simisp.telnet.engine import TelnetEngine
from support.own_descriptors import descriptors


def played_on(spec: str) -> Played:
    endpoint = parse_endpoint(spec).make()
    played = Played(endpoint, lambda: TelnetClient(endpoint.path))
    played.attach()
    return played


def count(played: Played, kind: type) -> int:
    return sum(isinstance(event, kind) for event in played.events)


def octets(played: Played) -> bytes:
    return b"".join(event.data for event in played.events if isinstance(event, DataArrived))


@pytest.mark.parametrize("spec", ["telnet", "rfc2217"])
async def test_a_storm_of_options_from_a_client_that_never_reads_makes_nothing_wait(spec: str) -> None:
    played = played_on(spec)
    client = StreamClient(played.endpoint.path)
    storm = (
        bytes(each for option in range(256) for word in (WILL, DO, WONT, DONT) for each in (IAC, word, option)) * 200
    )
    storm += bytes((IAC, AYT)) * 200_000
    start = most = 0

    def all_sent() -> bool:
        nonlocal start, most
        start += client.write(storm[start : start + 65536])
        most = max(most, played.endpoint.backlog)
        return start == len(storm) or most >= 64 * 1024

    await played.until(all_sent)
    assert most < 256 * 1024
    client.close()
    await played.until(lambda: count(played, PortClosed) == 1)
    assert octets(played) == b""
    assert played.endpoint.backlog == 0
    played.endpoint.close()


@pytest.mark.parametrize("spec", ["telnet", "rfc2217"])
async def test_junk_of_every_kind_is_survived_and_the_next_client_is_served(spec: str) -> None:
    before, chance = descriptors(), random.Random(12)
    played = played_on(spec)
    for number in range(1, 21):
        client = StreamClient(played.endpoint.path)
        client.write(
            b"".join(bytes((IAC, chance.choice((SB, SE, WILL, DO)))) + chance.randbytes(20) for _ in range(50))
        )
        client.write(bytes((IAC, SB, COM_PORT)) + chance.randbytes(900))
        client.close()
        await played.until(lambda number=number: count(played, PortClosed) == number)  # type: ignore[misc]
    last = played.open()
    played.events.clear()
    last.write(b"AT\r")
    await played.until(lambda: octets(played) == b"AT\r")
    last.close()
    played.endpoint.close()
    assert descriptors() == before


@pytest.mark.parametrize("spec", ["telnet", "rfc2217"])
async def test_a_break_is_seen_between_the_octets_around_it(spec: str) -> None:
    played = played_on(spec)
    client = StreamClient(played.endpoint.path)
    client.write(b"A" + bytes((IAC, BREAK)) + b"T")
    await played.until(lambda: octets(played) == b"AT")
    assert [event for event in played.events if not isinstance(event, PortOpened)] == [
        DataArrived(b"A"), BreakSeen(), DataArrived(b"T"),
    ]  # fmt: skip
    client.close()
    played.endpoint.close()


async def test_a_client_that_suspends_the_line_gets_its_octets_when_it_resumes_and_none_that_it_purges() -> None:
    played = played_on("rfc2217")
    client = TelnetClient(played.endpoint.path)
    client.ask(b"\x08")
    client.write(b"x")
    await played.until(lambda: octets(played) == b"x")
    played.endpoint.send(b"purged")
    played.endpoint.set_circuit(Circuit.DCD, True)
    client.ask(b"\x0c\x01")
    client.write(b"y")
    await played.until(lambda: octets(played) == b"xy")
    assert played.endpoint.backlog == 0
    played.endpoint.send(b"kept")
    assert played.endpoint.backlog == 4
    assert not client.circuit(Circuit.DCD)
    client.ask(b"\x09")
    received = bytearray()
    await played.until(lambda: received.extend(client.read()) is None and bytes(received) == b"kept")  # type: ignore[func-returns-value]
    assert client.circuit(Circuit.DCD)
    client.close()
    played.endpoint.close()


AGREED, REFUSED, NO_WORD_OF_IT = bytes((IAC, DO, BINARY)), bytes((IAC, DONT, BINARY)), b"AT"


@pytest.mark.parametrize(
    ("said", "seen"), [(AGREED, b"a\rb"), (REFUSED, b"a\r\0b"), (NO_WORD_OF_IT, b"a\r\0b")], ids=repr
)
@pytest.mark.parametrize("spec", ["telnet", "rfc2217"])
async def test_a_carriage_return_waits_until_the_client_has_answered_the_offer_of_binary(
    spec: str, said: bytes, seen: bytes
) -> None:
    """RFC 854: a client that has agreed is in binary from our offer on, which we learn only by its answer."""
    played = played_on(spec)
    client, received = StreamClient(played.endpoint.path), bytearray()
    await played.until(lambda: count(played, PortOpened) == 1)
    played.endpoint.send(b"line\r\n")
    played.endpoint.send(b"a\rb")
    assert played.endpoint.backlog == 3
    await played.until(lambda: received.extend(client.read()) is None and received.endswith(b"line\r\n"))  # type: ignore[func-returns-value]
    received.clear()
    client.write(said)
    await played.until(lambda: received.extend(client.read()) is None and received.endswith(seen))  # type: ignore[func-returns-value]
    assert bytes(received) == seen
    assert played.endpoint.backlog == 0
    assert played.events[-1] == RoomMade()
    client.close()
    played.endpoint.close()


async def test_a_client_that_suspends_a_full_line_is_heard_when_it_resumes() -> None:
    """Its octets are held meanwhile, as the driver holds them when much waits, and come in order when they are not."""
    played = played_on("rfc2217")
    client = TelnetClient(played.endpoint.path)
    client.ask(b"\x08")
    client.write(b"x")
    await played.until(lambda: octets(played) == b"x")
    sent = bytes(range(0x20, 0x60)) * 2000
    played.endpoint.send(sent)
    played.endpoint.hold(True)
    client.write(b"y")
    client.ask(b"\x09")
    client.write(b"z")
    received = bytearray()
    await played.until(lambda: received.extend(client.read()) is None and len(received) == len(sent))  # type: ignore[func-returns-value]
    assert bytes(received) == sent
    assert RoomMade() in played.events
    assert octets(played) == b"x"
    played.endpoint.hold(False)
    await played.until(lambda: octets(played) == b"xyz")
    client.close()
    played.endpoint.close()


@pytest.mark.parametrize("spec", ["telnet", "rfc2217"])
async def test_what_a_client_sent_before_it_left_is_reported_however_often_its_octets_are_held(spec: str) -> None:
    """A driver holds them again whenever some have arrived that it can't pass on."""
    played = played_on(spec)
    played.on_event = lambda event: played.endpoint.hold(True) if isinstance(event, DataArrived) else None
    client = StreamClient(played.endpoint.path)
    await played.until(lambda: count(played, PortOpened) == 1)
    played.endpoint.hold(True)
    client.write(b"y" + bytes((IAC, BREAK)) + b"z")
    client.close()
    await played.until(lambda: count(played, PortClosed) == 1)
    assert octets(played) == b"yz"
    assert played.events[-1] == PortClosed(0)
    played.endpoint.close()


def test_a_terminal_type_is_asked_for_reported_once_and_cut() -> None:
    coding = TelnetCoding()
    agreed = coding.receive(bytes((IAC, WILL, TERMINAL_TYPE)))
    assert TelnetEngine.sub_option(TERMINAL_TYPE, b"\1") in agreed
    said = TelnetEngine.sub_option(TERMINAL_TYPE, b"\0" + b"V" * 400)
    assert coding.receive(said) == [CallerNamed("terminal type", "V" * 40)]
    assert coding.receive(said) == []


def test_are_you_there_is_answered_so_that_it_is_seen() -> None:
    assert TelnetCoding().receive(bytes((IAC, AYT))) == [b"\r\n[simisp: yes]\r\n"]


def test_no_circuit_is_shown_to_a_client_that_has_not_agreed_to_the_option() -> None:
    coding = Rfc2217Coding()
    coding.begin()
    assert coding.show(Circuit.DCD, True) == b""
    agreed = coding.receive(bytes((IAC, WILL, COM_PORT)))
    assert agreed == [TelnetEngine.sub_option(COM_PORT, b"\x6b\x80")]
    assert coding.show(Circuit.DCD, False) == TelnetEngine.sub_option(COM_PORT, b"\x6b\x08")


def test_a_client_that_uses_the_option_without_a_word_of_agreement_is_shown_the_circuits() -> None:
    """pyserial takes our offer for the answer to its own, if it comes first, and then makes none."""
    coding = Rfc2217Coding()
    coding.begin()
    coding.show(Circuit.DSR, True)
    set_speed = TelnetEngine.sub_option(COM_PORT, b"\1\0\0\x25\x80")
    circuits, *rest = coding.receive(set_speed)
    assert circuits == TelnetEngine.sub_option(COM_PORT, b"\x6b\x20")
    assert rest
    assert coding.receive(bytes((IAC, WILL, COM_PORT))) == []
    assert coding.show(Circuit.DSR, False) == TelnetEngine.sub_option(COM_PORT, b"\x6b\x02")


def test_no_junk_in_any_sub_option_raises() -> None:
    for coding in (TelnetCoding(), Rfc2217Coding()):
        for option in (COM_PORT, TERMINAL_TYPE, 99):
            for length in range(12):
                coding.receive(TelnetEngine.sub_option(option, os.urandom(length)))
