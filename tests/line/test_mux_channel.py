"""Flow control of single channels: one that is full stops its own DLC, and the others go on."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest

from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.cmux.signals import V24Signals
from simisp.facts.cmux import MuxFrameSeen
from simisp.facts.isp import ProgramEnded
from simisp.facts.line import CallEnded, OctetsLost
from simisp.joined_program import JoinedProgram, ProgramFed, ProgramJoined
from simisp.line.mux_channel import MOST_UNTAKEN
from simisp.machine import Received
from simisp.scenario.load import loads
from simisp.scenario.session import session
from support.mux_terminal import MuxTerminal

SCENARIO = """\
title: A program on a channel
modem: {profile: gsm%s}
exchange: {answer_after: 0s}
isp:
  dialogue:
  - run: {command: [cat], terminal: none}
"""
HIGH, LOW, MOST_OF_A_PROGRAM = 16 * 1024, 4 * 1024, 64 * 1024
FRAME = 512


class Joined(MuxTerminal):
    """A client that has dialled on channel 1, where a program has the call; the test reads for it, or does not."""

    def __init__(self, conduct: str = "") -> None:
        super().__init__(session(loads(SCENARIO % conduct)), frame_size=FRAME)
        self.begin(1, 2)
        self.say(1, b"ATD*99#\r")
        self.wait(10.0)
        assert b"CONNECT" in self.heard(1)
        self.say(2, b"ATE0\r")

    @property
    def program(self) -> JoinedProgram:
        [(_, joined)] = self.recorded(ProgramJoined)
        assert isinstance(joined, ProgramJoined)
        return joined.program

    @property
    def fed(self) -> bytes:
        return b"".join(each.data for _, each in self.recorded(ProgramFed) if isinstance(each, ProgramFed))

    @property
    def is_stopped(self) -> bool:
        return self.side.signals[1].stopped

    @property
    def stops(self) -> int:
        """How many times FC went on."""
        sent = [each for _, each in self.recorded(MuxFrameSeen) if isinstance(each, MuxFrameSeen)]
        signals = [V24Signals.of(int(each.octets[-2:], 16)) for each in sent if each.sent and each.dlci == 1]
        return sum(after.stopped and not before.stopped for before, after in pairwise(signals))

    @property
    def lost(self) -> int:
        return sum(each.count for _, each in self.recorded(OctetsLost) if isinstance(each, OctetsLost))

    def read(self, count: int) -> None:
        """Let the program read, and the session's timer run, as the driver does then."""
        self.program.note_read(count)
        due = self.session.next_timer()
        if due is not None and due <= self.now:
            self.session.handle_timer(now=self.now)
        self.settle()

    def send_anyway(self, data: bytes) -> None:
        """Send octets on channel 1 whatever FC says."""
        link = self.side.mux._links[1]
        link.peer = V24Signals()
        self.say(1, data)


def numbered(count: int) -> bytes:
    return b"".join(b"%07d\n" % number for number in range(count // 8))


def test_a_program_that_does_not_read_stops_its_own_channel_and_no_other() -> None:
    client = Joined()
    client.say(1, numbered(HIGH))
    assert not client.is_stopped
    client.say(1, b"x" * 64)
    assert client.is_stopped
    client.say(1, b"y" * 50_000)
    assert client.program.unread == HIGH + 64
    assert client.side.mux.held == 50_000
    assert client.say(2, b"AT+CSQ\r").endswith(b"\r\nOK\r\n")
    assert not client.side.signals[2].stopped
    assert client.lost == 0


def test_the_channel_goes_on_when_the_program_has_read_and_nothing_is_lost() -> None:
    client = Joined()
    data = numbered(100_000)
    for start in range(0, len(data), 4000):
        client.say(1, data[start : start + 4000])
        if start % 20_000:
            continue
        while client.program.unread:
            assert client.program.unread <= HIGH + 4000
            client.read(min(client.program.unread, 1000))
    assert client.fed == data
    assert not client.is_stopped
    assert client.lost == 0
    # Between two stops a program reads from 16 KiB down to 4 KiB: no MSC for each frame.
    assert client.stops <= len(data) // (HIGH - LOW) + 1


def test_what_the_program_says_comes_through_while_it_does_not_read() -> None:
    client = Joined()
    client.say(1, b"x" * 50_000)
    client.say(1, b"")
    client.program.take(b"still here", now=client.now)
    client.session.handle_timer(now=client.now)
    client.settle()
    assert client.heard(1) == b"still here"


def test_octets_of_a_client_that_minds_no_fc_are_discarded_beyond_a_limit_and_recorded() -> None:
    client = Joined()
    for _ in range(300):
        client.send_anyway(b"x" * 1024)
    assert client.program.unread < MOST_OF_A_PROGRAM + FRAME
    kept = client.program.unread + MOST_UNTAKEN
    count = len(client.recorded(OctetsLost))
    assert 2 <= count <= 12
    assert client.say(2, b"AT\r") == b"\r\nOK\r\n"
    while client.program.unread:
        client.read(client.program.unread)
    assert not client.is_stopped
    assert client.lost == 300 * 1024 - kept
    assert len(client.fed) == kept
    assert {line for line, _ in client.recorded(OctetsLost)} == {"dlci 1"}
    client.say(1, b"again")
    assert client.fed.endswith(b"again")


def test_memory_stays_flat_however_long_a_client_minds_no_fc() -> None:
    client = Joined()
    piece = MuxFrame(1, FrameKind.UIH, command=True, data=b"x" * FRAME)
    from simisp.cmux.basic_option import encode_basic

    flood = encode_basic(piece) * 10

    def send(times: int) -> None:
        for _ in range(times):
            client.session.receive_data(flood, now=client.now)
            client.session.take_outputs()

    send(50)
    tracemalloc.start()
    try:
        send(10)
        before = tracemalloc.get_traced_memory()[0]
        send(60)
        assert tracemalloc.get_traced_memory()[0] - before < 4096
    finally:
        tracemalloc.stop()


def test_msc_that_is_never_sent_bounds_a_channel_all_the_same() -> None:
    client = Joined(", cmux: {msc: never}")
    for _ in range(300):
        client.say(1, b"x" * 1024)
    assert 1 not in client.side.signals
    assert client.program.unread < MOST_OF_A_PROGRAM + FRAME
    assert client.lost > 100_000


def test_fc_that_is_never_released_stays_whatever_else_msc_says() -> None:
    client = Joined(", cmux: {fc never released: yes}")
    assert client.is_stopped
    client.program.end(now=client.now)
    client.session.handle_timer(now=client.now)
    client.settle()
    assert client.recorded(CallEnded) == [("dlci 1", CallEnded(1, "isp"))]
    assert client.is_stopped


def test_dtr_of_a_channel_ends_its_call_and_what_the_program_has_not_read_is_no_command() -> None:
    client = Joined()
    for _ in range(100):
        client.send_anyway(b"AT\r" * 400)
    client.side.mux.set_signals(1, V24Signals(ready=False), now=client.now)
    client.settle()
    assert client.recorded(CallEnded) == [("dlci 1", CallEnded(1, "client"))]
    assert not client.is_stopped
    before = len(client.recorded(Received))
    client.side.mux.set_signals(1, V24Signals(), now=client.now)
    client.settle()
    assert len(client.recorded(Received)) == before
    assert client.say(1, b"AT\r").endswith(b"\r\nOK\r\n")
    assert client.lost + len(client.fed) == 100 * 1200


def test_a_channel_that_is_taken_down_loses_what_waits_and_comes_up_free() -> None:
    client = Joined()
    for _ in range(200):
        client.send_anyway(b"x" * 1024)
    client.side.mux.close(1, now=client.now)
    client.settle()
    assert client.lost + len(client.fed) == 200 * 1024
    client.side.mux.open(1, now=client.now)
    client.settle()
    assert not client.is_stopped
    assert client.say(1, b"AT\r").endswith(b"\r\nOK\r\n")


def test_a_program_that_ends_frees_its_channel() -> None:
    client = Joined()
    client.say(1, b"x" * 30_000)
    assert client.is_stopped
    client.program.end(now=client.now)
    client.session.handle_timer(now=client.now)
    client.settle()
    client.wait(1.0)
    assert not client.is_stopped
    assert not client.recorded(ProgramEnded)  # that is its owner's to record


@pytest.mark.parametrize("all_of_them", [False, True])
def test_a_program_says_no_more_on_a_channel_than_its_client_takes_and_nothing_is_lost(all_of_them: bool) -> None:
    client = Joined()
    mux = client.side.mux
    from simisp.cmux.control_message import MessageKind

    def stop(stopped: bool) -> None:
        if all_of_them:
            mux.command(MessageKind.FCOFF if stopped else MessageKind.FCON, now=client.now)
        else:
            mux.set_signals(1, V24Signals(stopped=stopped), now=client.now)
        client.settle()

    client.say(1, b"")
    stop(True)
    data, said = numbered(200_000), 0
    for _ in range(100):
        if not client.program.has_room:
            break
        client.program.take(data[said : said + 4096], now=client.now)
        said += 4096
        due = client.session.next_timer()
        if due is not None and due <= client.now:
            client.session.handle_timer(now=client.now)
        client.settle()
    assert HIGH <= said <= HIGH + 2 * 4096
    assert client.heard(1) == b""
    if not all_of_them:
        assert client.say(2, b"AT\r") == b"\r\nOK\r\n"
    stop(False)
    client.wait(0.0)
    assert client.heard(1) == data[:said]
    assert client.lost == 0
