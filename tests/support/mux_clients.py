"""Clients of the multiplexer: one that bears what modems do, and variants that each lack one thing."""

from __future__ import annotations

import re

from simisp.cmux.basic_option import BASIC_FLAG, BasicReader, encode_basic
from simisp.cmux.control_message import MessageKind
from simisp.cmux.frame import FlagsRepeated, FrameDiscarded, FrameKind, MuxFrame
from support.public_line import ClientFailedError, PublicLine

_FINAL = re.compile(rb"\r\n(?:OK|ERROR)\r\n")
_T1 = 1.0
_TRIES = 3


class MuxClient:
    """Begins the multiplexer, opens a channel, and talks AT on it.

    Args:
        line: The port.
    """

    frame_size = 31
    cmux = b"AT+CMUX=0\r"

    def __init__(self, line: PublicLine) -> None:
        self.line = line
        self.channel = 0
        self._reader = BasicReader(1500)
        self._heard: dict[int, bytes] = {}

    # What it can do ---------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Make the line a multiplexer, and open the first channel that opens."""
        self._reader = self._new_reader()
        self.line.write(self.cmux)
        text = b""
        while b"OK\r\n" not in text:
            data = self.line.read(3.0)
            if not data:
                raise ClientFailedError("AT+CMUX got no OK")
            text += data
        self._reader.feed(text.partition(b"OK\r\n")[2])
        self.synchronise()
        if not self.open(0):
            raise ClientFailedError("the control channel does not open")
        self.channel = next((dlci for dlci in range(1, 4) if self.open(dlci)), 0)
        if not self.channel:
            raise ClientFailedError("no channel opens")

    def signal(self) -> int:
        """Return the signal strength that the modem says on the channel."""
        for _ in range(_TRIES):
            answer = self.ask(b"AT+CSQ\r")
            if match := re.search(rb"\+CSQ: (\d+),\d+\r\n", answer):
                return int(match[1])
            if not answer:
                self.find_again()
        raise ClientFailedError("no signal strength")

    def operators(self) -> int:
        """Return how many networks there are."""
        return self.ask(b"AT+COPS=?\r", within=60.0).count(b"(")

    def call(self) -> None:
        """Dial on the channel, and stay in the call for ten seconds."""
        self.send(MuxFrame(self.channel, FrameKind.UIH, command=True, data=b"ATD5551234\r"))
        while b"CONNECT" not in self._heard.get(self.channel, b""):
            if self.next_frame(60.0) is None:
                raise ClientFailedError("no CONNECT")
        self.line.wait(10.0)

    def disconnect(self) -> None:
        """Take the channel and the multiplexer down: if DISC gets no answer, the modem is taken for gone."""
        for dlci in (self.channel, 0):
            self.send(MuxFrame(dlci, FrameKind.DISC, command=True, final=True))
            self.wait_for_end(dlci)

    # How it does it ---------------------------------------------------------------------------------------------------

    def synchronise(self) -> None:
        """Send flags, and go on whatever comes."""

    def open(self, dlci: int) -> bool:
        """Open a channel; return whether it has opened after some tries."""
        for _ in range(_TRIES):
            self.send(MuxFrame(dlci, FrameKind.SABM, command=self.command_bit, final=True))
            frame = self.wait_for(dlci, FrameKind.UA, FrameKind.DM, within=_T1)
            if frame is not None:
                return frame.kind is FrameKind.UA
        return False

    command_bit = True

    def wait_for(self, dlci: int, *kinds: FrameKind, within: float) -> MuxFrame | None:
        """Return the next frame of these kinds on a channel; None if none comes in time."""
        end = self.line.now + within
        while (left := end - self.line.now) >= 0:
            frame = self.next_frame(left)
            if frame is None:
                return None
            if frame.dlci == dlci and frame.kind in kinds and self.accepts(frame):
                return frame
        return None

    def wait_for_end(self, dlci: int) -> None:
        """Wait for the answer to DISC, but not long."""
        self.wait_for(dlci, FrameKind.UA, FrameKind.DM, within=_T1)

    def accepts(self, frame: MuxFrame) -> bool:
        """Return whether a frame is taken for what it is: whatever its C/R and F bits say."""
        return True

    def ask(self, command: bytes, within: float = 3.0) -> bytes:
        """Send a command on the channel, and return its answer; nothing if none comes in time."""
        self._heard[self.channel] = b""
        self.send(MuxFrame(self.channel, FrameKind.UIH, command=True, data=command))
        end = self.line.now + within
        while not _FINAL.search(self._heard[self.channel]):
            left = end - self.line.now
            if left <= 0 or self.next_frame(left) is None:
                return b""
        return self._heard[self.channel]

    def find_again(self) -> None:
        """Find out whether the modem is an AT modem again, and if so make it a multiplexer."""
        self.line.write(b"\rAT\r")
        text = b""
        while data := self.line.read(1.0):
            text += data
        if b"OK\r\n" in text:
            self.connect()

    def send(self, frame: MuxFrame) -> None:
        """Send a frame."""
        self.line.write(encode_basic(frame))

    def next_frame(self, within: float) -> MuxFrame | None:
        """Return the next frame, whatever lies between; None if none comes in time. Octets of channels are kept."""
        end = self.line.now + within
        while True:
            match self._reader.find():
                case MuxFrame() as frame:
                    self._take(frame)
                    return frame
                case FrameDiscarded() | FlagsRepeated():
                    continue
            left = end - self.line.now
            data = self.line.read(left) if left >= 0 else b""
            if not data:
                return None
            self._reader.feed(data)

    def _take(self, frame: MuxFrame) -> None:
        if frame.kind is not FrameKind.UIH:
            return
        if frame.dlci:
            self._heard[frame.dlci] = self._heard.get(frame.dlci, b"") + frame.data
        elif frame.data[:1] == bytes([MessageKind.MSC.value]):
            response = bytes([MessageKind.MSC.value & ~2]) + frame.data[1:]
            self.send(MuxFrame(0, FrameKind.UIH, command=True, data=response))

    def _new_reader(self) -> BasicReader:
        return BasicReader(1500)


class TakesNoCarrier(MuxClient):
    """Takes NO CARRIER for the answer to a command, whenever it came."""

    def ask(self, command: bytes, within: float = 3.0) -> bytes:
        """Send a command, and return its answer."""
        answer = super().ask(command, within)
        if b"NO CARRIER" in answer:
            raise ClientFailedError("the command gave NO CARRIER")
        return answer


class WaitsForUa(MuxClient):
    """Waits for the answer to SABM without a time-out."""

    def open(self, dlci: int) -> bool:
        """Open a channel."""
        self.send(MuxFrame(dlci, FrameKind.SABM, command=True, final=True))
        while (frame := self.wait_for(dlci, FrameKind.UA, FrameKind.DM, within=600.0)) is None:
            pass
        return frame.kind is FrameKind.UA


class SynchronisesFirst(MuxClient):
    """Waits for flags in answer to its flags before it does anything."""

    def synchronise(self) -> None:
        """Send flags until flags come."""
        for _ in range(10):
            self.line.write(bytes([BASIC_FLAG]) * 5)
            if self.line.read(1.0).count(BASIC_FLAG) >= 3:
                return
        raise ClientFailedError("the modem does not answer flags")


class FalseCommandBit(MuxClient):
    """Sends SABM with the C/R bit of a response."""

    command_bit = False


class StrictCommandBit(MuxClient):
    """Drops frames whose C/R bit is not as the standard says."""

    def accepts(self, frame: MuxFrame) -> bool:
        """Return whether an answer of the responder has the bit set."""
        return frame.command


class ExactUa(MuxClient):
    """Knows UA with the F bit alone."""

    def accepts(self, frame: MuxFrame) -> bool:
        """Return whether an answer has the F bit."""
        return frame.final


class WaitsForEnd(MuxClient):
    """Waits for the answer to DISC without a time-out."""

    def wait_for_end(self, dlci: int) -> None:
        """Wait for UA or DM."""
        while self.wait_for(dlci, FrameKind.UA, FrameKind.DM, within=600.0) is None:
            pass


class NextFrameAnswers(MuxClient):
    """Takes the next frame behind a command for its answer."""

    def ask(self, command: bytes, within: float = 3.0) -> bytes:
        """Send a command, and return what the next frame has."""
        self.send(MuxFrame(self.channel, FrameKind.UIH, command=True, data=command))
        frame = self.next_frame(within)
        if frame is None or frame.kind is not FrameKind.UIH or not frame.data.startswith(command[:2]):
            raise ClientFailedError("the next frame is not the answer")
        return self._heard.get(self.channel, b"")


class BelievesLength(MuxClient):
    """Reads each frame as long as the octet in the place of its length says, and never looks for a flag."""

    def __init__(self, line: PublicLine) -> None:
        super().__init__(line)
        self._octets = b""

    def next_frame(self, within: float) -> MuxFrame | None:
        """Return the next frame."""
        end = self.line.now + within
        while True:
            octets = self._octets.lstrip(bytes([BASIC_FLAG]))
            if len(octets) > 3 and len(octets) >= 5 + (octets[2] >> 1):
                length = octets[2] >> 1
                self._octets = octets[4 + length :]
                if not MuxFrame.starts_with(octets[0], octets[1]):
                    raise ClientFailedError("this is no frame")
                frame = MuxFrame.of(octets[0], octets[1], octets[3 : 3 + length])
                self._take(frame)
                return frame
            left = end - self.line.now
            data = self.line.read(left) if left >= 0 else b""
            if not data:
                return None
            self._octets += data


class FrameARead(MuxClient):
    """Takes one frame from what a read gives, and drops what stands behind it."""

    def next_frame(self, within: float) -> MuxFrame | None:
        """Return the first frame of the next read."""
        end = self.line.now + within
        while (left := end - self.line.now) >= 0 and (data := self.line.read(left)):
            self._reader = self._new_reader()
            self._reader.feed(data)
            if isinstance(found := self._reader.find(), MuxFrame):
                self._take(found)
                return found
        return None


class StaysInside(MuxClient):
    """Never takes the modem for an AT modem while it is in the multiplexer itself."""

    def find_again(self) -> None:
        """Try again in the multiplexer."""
