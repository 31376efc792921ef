"""The octets of a telnet connection, in both directions.

==========  ========================  =======================================================================
state       octet                     what follows
==========  ========================  =======================================================================
data        IAC                       command
data        any other                 it is data; where the other side is not binary, NUL after CR is dropped
command     IAC                       data: one octet of value 255
command     WILL, WONT, DO, DONT      negotiation
command     SB                        sub-option
command     any other                 data, with the command reported
negotiation any                       data, with the option negotiated
sub-option  IAC                       sub-command
sub-option  any other                 kept, up to a limit
sub-command IAC                       sub-option: one octet of value 255
sub-command SE                        data, with the sub-option reported unless it was too long
sub-command any other                 the sub-option was never ended: it is dropped, and this is a command
==========  ========================  =======================================================================

See Also:
    RFC 854, RFC 855, RFC 856.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from simisp.telnet.codes import BINARY, DO, DONT, IAC, SB, SE, WILL, WONT
from simisp.telnet.options import OptionSwitched, TelnetOptions

__all__ = ["TelnetCommand", "TelnetData", "TelnetEngine", "TelnetOutput", "TelnetSubOption"]

_LONGEST_SUB_OPTION = 512
"""Octets. None that is understood here is longer."""
_IAC = bytes((IAC,))
_NEGOTIATION = frozenset((WILL, WONT, DO, DONT))


@dataclass(frozen=True, slots=True)
class TelnetData:
    """Octets of the connection's data.

    Attributes:
        data: One octet or more.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class TelnetCommand:
    """A command of one octet, such as BREAK.

    Attributes:
        code: Its number, 0 to 249.
    """

    code: int


@dataclass(frozen=True, slots=True)
class TelnetSubOption:
    """What was negotiated about an option between SB and SE.

    Attributes:
        option: Its number.
        parameters: What follows the number.
    """

    option: int
    parameters: bytes


TelnetOutput = TelnetData | TelnetCommand | TelnetSubOption | OptionSwitched | bytes
"""What was received, or octets that are to be sent."""


class _Reading(Enum):
    DATA = auto()
    COMMAND = auto()
    NEGOTIATION = auto()
    SUB_OPTION = auto()
    SUB_COMMAND = auto()


class TelnetEngine:
    r"""One side of a telnet connection.

    Args:
        ours: Which options this side has when it is asked for them.
        theirs: Which options the other side may have.

    Example:
        >>> engine = TelnetEngine(theirs={0})
        >>> engine.receive(b"AT\r\0\xff\xff")
        [TelnetData(data=b'AT\r\xff')]
        >>> engine.encode(b"\xff\r")
        b'\xff\xff\r\x00'
    """

    def __init__(self, *, ours: Iterable[int] = (), theirs: Iterable[int] = ()) -> None:
        self.options = TelnetOptions(ours=ours, theirs=theirs)
        self._reading = _Reading.DATA
        self._word = 0
        self._sub_option = bytearray()
        self._is_too_long = False
        self._after_cr = False

    def receive(self, data: bytes) -> list[TelnetOutput]:
        """Take octets, cut anywhere; nothing that they say raises."""
        outputs: list[TelnetOutput] = []
        at = 0
        while at < len(data):
            if self._reading is _Reading.DATA:
                at = self._read_data(data, at, outputs)
            elif self._reading is _Reading.SUB_OPTION:
                at = self._read_sub_option(data, at)
            else:
                self._read_octet(data[at], outputs)
                at += 1
        return outputs

    def encode(self, data: bytes) -> bytes:
        """Return octets of data as they travel: IAC twice, and unless our side is binary CR before NUL or LF."""
        if _IAC in data:
            data = data.replace(_IAC, _IAC + _IAC)
        if b"\r" in data and not self.options.has(BINARY, ours=True):
            data = data.replace(b"\r", b"\r\0").replace(b"\r\0\n", b"\r\n")
        return data

    def is_unsettled(self, data: bytes) -> bool:
        """Return whether the encoding of octets depends on an answer that has not come yet.

        The other side is in binary as soon as it has seen our offer and agreed to it, and we only when we have its
        answer: until then a CR that is not before LF can't be sent so that it is understood in any case. RFC 854 lets
        data wait for the answer.
        """
        return b"\r" in data and self.options.is_asked(BINARY, ours=True) and b"\r" in data.replace(b"\r\n", b"")

    @staticmethod
    def sub_option(option: int, parameters: bytes) -> bytes:
        """Return a sub-option as it travels."""
        return bytes((IAC, SB, option)) + parameters.replace(_IAC, _IAC + _IAC) + bytes((IAC, SE))

    def _read_data(self, data: bytes, at: int, outputs: list[TelnetOutput]) -> int:
        end = data.find(IAC, at)
        if end < 0:
            end = len(data)
        if end > at:
            self._add(data[at:end], outputs)
        if end < len(data):
            self._reading = _Reading.COMMAND
            end += 1
        return end

    def _add(self, data: bytes, outputs: list[TelnetOutput]) -> None:
        """Add data, to what lies directly before it if that is data too."""
        if not self.options.has(BINARY, ours=False):
            ends_in_cr = data.endswith(b"\r")
            if self._after_cr and data.startswith(b"\0"):
                data = data[1:]
            self._after_cr = ends_in_cr
            if b"\r\0" in data:
                data = data.replace(b"\r\0", b"\r")
        else:
            self._after_cr = False
        if not data:
            return
        if outputs and isinstance(last := outputs[-1], TelnetData):
            outputs[-1] = TelnetData(last.data + data)
        else:
            outputs.append(TelnetData(data))

    def _read_octet(self, octet: int, outputs: list[TelnetOutput]) -> None:
        if self._reading is _Reading.NEGOTIATION:
            self._reading = _Reading.DATA
            outputs += self.options.take(self._word, octet)
        elif self._reading is _Reading.SUB_COMMAND and octet == IAC:
            self._reading = _Reading.SUB_OPTION
            self._keep(_IAC)
        elif self._reading is _Reading.SUB_COMMAND and octet == SE:
            self._reading = _Reading.DATA
            self._end_sub_option(outputs)
        else:
            self._sub_option.clear()
            self._read_command(octet, outputs)

    def _read_command(self, octet: int, outputs: list[TelnetOutput]) -> None:
        self._reading = _Reading.DATA
        if octet == IAC:
            self._add(_IAC, outputs)
        elif octet in _NEGOTIATION:
            self._word = octet
            self._reading = _Reading.NEGOTIATION
        elif octet == SB:
            self._sub_option.clear()
            self._is_too_long = False
            self._reading = _Reading.SUB_OPTION
        else:
            outputs.append(TelnetCommand(octet))

    def _read_sub_option(self, data: bytes, at: int) -> int:
        end = data.find(IAC, at)
        if end < 0:
            self._keep(data[at:])
            return len(data)
        self._keep(data[at:end])
        self._reading = _Reading.SUB_COMMAND
        return end + 1

    def _keep(self, data: bytes) -> None:
        if len(self._sub_option) + len(data) > _LONGEST_SUB_OPTION:
            self._is_too_long = True
            self._sub_option.clear()
        if not self._is_too_long:
            self._sub_option += data

    def _end_sub_option(self, outputs: list[TelnetOutput]) -> None:
        if self._sub_option and not self._is_too_long:
            outputs.append(TelnetSubOption(self._sub_option[0], bytes(self._sub_option[1:])))
        self._sub_option.clear()
