"""What a multiplexer puts out: frames on the line, between its other outputs, and what waits for a sleeping side.

==========  ======================================  ===================================================================
state       input                                   next state, and effect
==========  ======================================  ===================================================================
awake       a frame                                 awake; it is sent
awake       :meth:`FrameSender.sleep` (PSC)         asleep
asleep      a frame, or :meth:`FrameSender.rouse`   waking [T1] [T3]; flags are sent, the frame waits
waking      a frame                                 waking; it waits
waking      [T1]                                    waking [T1]; flags are sent again
waking      [T3]                                    given up
asleep,     :meth:`FrameSender.wake`: any frame or  awake; what has waited is sent
waking      flags have come
==========  ======================================  ===================================================================

What is sent at one instant is one output, unless another output has to stand between.

See Also:
    3GPP TS 27.010, 5.4.7 (power control), 5.7 (T1, T3).
"""

from __future__ import annotations

from collections.abc import Iterator

from simisp.cmux.advanced_option import ADVANCED_FLAG, encode_advanced
from simisp.cmux.basic_option import BASIC_FLAG, encode_basic
from simisp.cmux.conduct import CommandBit, MuxConduct
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.frame import ANSWERS, CARRIES, MOST_FLAGS, FrameKind, MuxFrame
from simisp.facts.cmux import MuxFrameSeen
from simisp.machine import Output, SendData

__all__ = ["FrameSender"]

_MOST_WAITING = 256
"""How many frames wait for the other side to wake up; more are lost."""


class FrameSender:
    """The outputs of one side of a multiplexer.

    Args:
        config: What both sides have agreed on.
        conduct: The bad manners of this side.

    Attributes:
        is_asleep: Whether the other side sleeps, as PSC has said.
    """

    def __init__(self, config: MultiplexerConfig, conduct: MuxConduct) -> None:
        self.is_asleep = False
        self._config = config
        self._conduct = conduct
        self._outputs: list[Output] = []
        self._unsent = bytearray()
        self._waking: tuple[float, float] | None = None  # when to send flags again, and when to give up
        self._waiting: list[bytes] = []  # frames for a side that is to wake up first
        self._sent = 0

    @property
    def is_waking(self) -> bool:
        """Whether the other side has been sent flags, and has not answered yet."""
        return self._waking is not None

    @property
    def held(self) -> int:
        """How many octets wait for the other side to wake up."""
        return sum(map(len, self._waiting))

    # What goes -------------------------------------------------------------------------------------------------------

    def emit(self, output: Output) -> None:
        """Append an output behind everything that was sent before."""
        self._flush()
        self._outputs.append(output)

    def send_in_frames(self, dlci: int, kind: FrameKind, data: bytes, size: int, *, now: float) -> None:
        """Send octets in as many frames as they take, of ``size`` octets at most."""
        for piece in _pieces(data, size):
            self.send(dlci, kind, data=piece, now=now)

    def send(self, dlci: int, kind: FrameKind, *, final: bool = False, data: bytes = b"", now: float) -> None:
        """Send a frame, or let it wait while the other side sleeps."""
        command = (kind not in ANSWERS) is self._config.initiator
        if self._conduct.command_bit is CommandBit.INVERTED:
            command = not command
        frame = MuxFrame(dlci, kind, command, final, data)
        self._sent += 1
        if self._config.advanced:
            octets = encode_advanced(frame)
        else:
            octets = encode_basic(frame, with_length=self._sent != self._conduct.lost_length)
        if kind not in CARRIES:
            self.emit(MuxFrameSeen(dlci, kind.name, sent=True, octets=frame.header.hex()))
        if not self.is_asleep:
            self._unsent += octets
            return
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(octets)
        self.rouse(now)

    def send_flags(self) -> None:
        """Send flags: to a side that sleeps, or to one that has sent flags itself."""
        self._unsent += bytes((ADVANCED_FLAG if self._config.advanced else BASIC_FLAG,)) * MOST_FLAGS

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call, in order, and forget them."""
        self._flush()
        outputs, self._outputs = self._outputs, []
        return outputs

    def _flush(self) -> None:
        if self._unsent:
            self._outputs.append(SendData(bytes(self._unsent)))
            self._unsent.clear()

    # Sleep -----------------------------------------------------------------------------------------------------------

    def sleep(self) -> None:
        """Take the other side for asleep."""
        self.is_asleep = True

    def rouse(self, now: float) -> None:
        """Begin to wake the other side."""
        if self._waking is None:
            self._waking = (now + self._config.t1, now + self._config.t3)
            self.send_flags()

    def wake(self) -> bool:
        """Take both sides for awake, and send what has waited; return whether they were not awake before."""
        if not self.is_asleep:
            return False
        self.is_asleep, self._waking = False, None
        waiting, self._waiting = self._waiting, []
        for octets in waiting:
            self._unsent += octets
        return True

    def next_timer(self) -> float | None:
        """Return when flags are sent again, or the other side is given up; None if it is not being woken."""
        return None if self._waking is None else min(self._waking)

    def handle_timer(self, *, now: float) -> bool:
        """Send flags again; return False if the other side is given up."""
        if self._waking is not None and now >= self._waking[1]:
            return False
        if self._waking is not None and now >= self._waking[0]:
            self._waking = (now + self._config.t1, self._waking[1])
            self.send_flags()
        return True

    def end(self) -> None:
        """Let nothing wait any more: the multiplexer is over."""
        self._waking = None
        self._waiting.clear()


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))
