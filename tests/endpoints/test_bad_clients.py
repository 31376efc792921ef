"""What a bad client does to a line, in numbers: nothing stays open, runs on or is kept; the next client is served."""

from __future__ import annotations

import gc
import os
import random
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from simisp.endpoints.opening import address_of
from simisp.facts.port import LineStopped
from simisp.telnet.codes import AYT, COM_PORT, DO, DONT, IAC, SB, SE, TERMINAL_TYPE, WILL, WONT
from simisp.testing import Line
from support.own_descriptors import descriptors
from support.soaking import opened, tasks_of

_SCENARIO = """
title: An ISP for bad clients
isp:
  dialogue: [prompt: "Username:"]
"""
_FEW = 100
"""Objects that a cache may still take up in the second round."""


@dataclass(frozen=True, slots=True)
class Held:
    """What this process has when a line is over: open descriptors, live objects; and its tasks just before."""

    descriptors: int
    tasks: int
    objects: int


def connect_and_drop(line: Line) -> None:
    """Connect a thousand times and reset the connection at once, every other time with half a command line."""
    host, number = address_of(line.url)
    for index in range(1000):
        with socket.create_connection((host, int(number))) as client:
            if index % 2:
                client.send(b"ATD")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def never_read(line: Line) -> None:
    """Send commands until the line has stopped because no answer is read, then hang up."""
    with opened(line.url) as port:
        os.set_blocking(port, False)
        has_stopped = False
        while not has_stopped:
            if select.select([], [port], [], 0.01)[1]:
                os.write(port, b"ATI3\r" * 800)
            else:
                has_stopped = any(type(record.fact) is LineStopped for record in line.transcript)


def flood(line: Line) -> None:
    """Send twenty thousand octets of command lines, and of what is none, in one go, and read everything."""
    _exchange(line, b"".join(b"AT%d\r" % index + b"\x00\xff~A/" * 10 for index in range(350)))


def storm(line: Line) -> None:
    """Ask for every option in every way, a hundred times, and whether anybody is there."""
    every = (bytes((IAC, word, option)) for option in range(256) for word in (WILL, DO, WONT, DONT))
    _exchange(line, b"".join(every) * 100 + bytes((IAC, AYT)) * 2000)


def send_junk(line: Line) -> None:
    """Send sub-options of every command and length, closed or not, with octets of chance in them."""
    chance, words = random.Random(12), []
    for index in range(3000):
        option = chance.choice((COM_PORT, COM_PORT, TERMINAL_TYPE, 99))
        junk = bytes((index % 256,)) + chance.randbytes(index % 12)
        words.append(bytes((IAC, SB, option)) + junk + (bytes((IAC, SE)) if index % 7 else b""))
    _exchange(line, b"".join(words) + bytes((IAC, SB, COM_PORT)) + b"x" * 100_000)


def _exchange(line: Line, data: bytes) -> None:
    """Send octets, and read what comes meanwhile."""
    with opened(line.url) as port:
        os.set_blocking(port, False)
        sent = 0
        while sent < len(data):
            readable, writable, _ = select.select([port], [port], [], 60.0)
            if readable:
                os.read(port, 65536)
            if writable:
                sent += os.write(port, data[sent : sent + 16384])


@pytest.mark.parametrize(
    ("endpoint", "attack"),
    [
        ("tcp", connect_and_drop),
        ("rfc2217", connect_and_drop),
        ("pty", never_read),
        ("tcp", never_read),
        ("rfc2217", never_read),
        ("pty", flood),
        ("telnet", flood),
        ("telnet", storm),
        ("rfc2217", storm),
        ("rfc2217", send_junk),
    ],
)
def test_a_bad_client_leaves_nothing_behind_and_the_next_one_is_served(
    endpoint: str, attack: Callable[[Line], None]
) -> None:
    first, second = (_attacked(endpoint, attack) for _ in range(2))
    assert (second.descriptors, second.tasks) == (first.descriptors, first.tasks)
    assert second.objects <= first.objects + _FEW


def _attacked(endpoint: str, attack: Callable[[Line], None]) -> Held:
    with Line(_SCENARIO, endpoint=endpoint, judged=False) as line:
        attack(line)
        line.assert_released(allow_unopened=True)
        with opened(line.url) as port:
            os.write(port, b"\rATE0\rATI3\r")
            answer = b""
            while answer.count(b"OK\r") < 2:
                assert select.select([port], [], [], 60.0)[0], answer[-200:]
                answer += os.read(port, 65536)
        line.assert_released(allow_unopened=True)
        tasks = tasks_of(line)
    del line
    gc.collect()
    return Held(len(descriptors()), tasks, len(gc.get_objects()))
