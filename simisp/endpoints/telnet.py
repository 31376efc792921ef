"""Telnet on a connection: the line is a terminal server's, in binary where the client can do that.

The modem echoes, so telnet's own echo is ours: a client then sends each character at once and shows what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, BreakSeen, CallerNamed, DataArrived
from simisp.endpoints.coding import CodingOutput
from simisp.telnet.codes import AYT, BINARY, BREAK, ECHO, SGA, TERMINAL_TYPE
from simisp.telnet.engine import TelnetCommand, TelnetData, TelnetEngine, TelnetOutput, TelnetSubOption
from simisp.telnet.options import OptionSwitched

__all__ = ["TelnetCoding"]

_IS, _SEND = 0, 1
"""RFC 1091."""
_LONGEST_NAME = 40
"""RFC 1091: the longest name of a terminal type."""
_HERE = b"\r\n[simisp: yes]\r\n"
"""The answer to ARE YOU THERE, which is to be seen."""


class TelnetCoding:
    r"""A telnet connection as the server's side has it.

    Example:
        >>> coding = TelnetCoding()
        >>> coding.receive(b"AT\r\0\xff\xf3")
        [DataArrived(data=b'AT\r'), BreakSeen()]
        >>> coding.encode(b"\xff")
        b'\xff\xff'
    """

    abilities: frozenset[Ability] = frozenset({Ability.BREAK})
    suspended = False
    purged = False
    _WANTED_OF_US: Sequence[int] = (ECHO, SGA, BINARY)
    _WANTED_OF_THEM: Sequence[int] = (SGA, BINARY, TERMINAL_TYPE)

    def __init__(self) -> None:
        self._engine = TelnetEngine(ours=self._WANTED_OF_US, theirs=self._WANTED_OF_THEM)
        self._terminal = ""
        self._has_heard = False
        """Whether the client has sent data: then it may be one that answers nothing."""

    def begin(self) -> Sequence[CodingOutput]:
        """Ask for what makes a good line of it."""
        options = self._engine.options
        asked = [options.ask(option, ours=True) for option in self._WANTED_OF_US]
        return [b"".join([*asked, *(options.ask(option, ours=False) for option in self._WANTED_OF_THEM)])]

    def receive(self, data: bytes) -> Sequence[CodingOutput]:
        """Take what the connection has brought."""
        outputs: list[CodingOutput] = []
        for output in self._engine.receive(data):
            outputs += self._meaning(output)
        return outputs

    def waits(self, data: bytes) -> bool:
        """Return whether octets wait for the client's answer to the offer of binary, which decides how CR travels."""
        return not self._has_heard and self._engine.is_unsettled(data)

    def encode(self, data: bytes) -> bytes:
        """Return octets of the line as telnet's data."""
        return self._engine.encode(data)

    def show(self, circuit: Circuit, on: bool) -> bytes:
        """Return nothing: telnet alone shows no circuit."""
        return b""

    def _meaning(self, output: TelnetOutput) -> Sequence[CodingOutput]:
        match output:
            case bytes():
                return [output]
            case TelnetData(data):
                self._has_heard = True
                return [DataArrived(data)]
            case TelnetCommand(code):
                return [BreakSeen()] if code == BREAK else [_HERE] if code == AYT else []
            case TelnetSubOption(option, parameters):
                return self._sub_option(option, parameters)
            case OptionSwitched(option, ours, on):
                return self._switched(option, ours, on)

    def _sub_option(self, option: int, parameters: bytes) -> Sequence[CodingOutput]:
        name = parameters[1 : 1 + _LONGEST_NAME].decode("ascii", "replace")
        if option != TERMINAL_TYPE or parameters[:1] != bytes((_IS,)) or name == self._terminal:
            return []
        self._terminal = name
        return [CallerNamed("terminal type", name)]

    def _switched(self, option: int, ours: bool, on: bool) -> Sequence[CodingOutput]:
        if option == TERMINAL_TYPE and on and not ours:
            return [self._engine.sub_option(TERMINAL_TYPE, bytes((_SEND,)))]
        return []
