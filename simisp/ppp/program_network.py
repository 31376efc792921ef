"""PPP with a program behind the link, which gets each IP packet in a frame of SLIP, and answers in such frames.

==============  ==============================  =======================================================================
state           input                           next state, and effect
==============  ==============================  =======================================================================
not joined      IPCP is up                      joined: ``ProgramJoined``
joined          an IP packet of the caller's    joined: ``ProgramFed`` with its frame
joined          a frame of the program's        joined: its packet is sent, if IPCP is up and the caller takes its size
joined          the program has ended           left: LCP is closed
any             the call is over                left: ``ProgramLeft``
==============  ==============================  =======================================================================

What a program says that is no IP packet, a greeting for instance, is dropped.

See Also:
    RFC 1055.
"""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.joined_program import JoinedProgram, ProgramCommand, ProgramJoined, ProgramLeft
from simisp.machine import Output, earliest
from simisp.ppp.behaviour import LinkBehaviour
from simisp.ppp.config import PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.slip import SlipFramer

__all__ = ["PppProgramFarEnd"]

_SHORTEST = 20


class PppProgramFarEnd(PppFarEnd):
    """PPP as the far end of a call, with a program behind it. The module's docstring has its states.

    Args:
        config: What its side of the link is set to.
        program: The program.
        behaviour: How the link behaves badly; None if it does not.

    Raises:
        MissingPackageError: MS-CHAP v2 is asked for, and PyCryptodome is not installed.
    """

    def __init__(self, config: PppConfig, program: ProgramCommand, behaviour: LinkBehaviour | None = None) -> None:
        super().__init__(config, behaviour)
        self.program = JoinedProgram(program)
        self._framer = SlipFramer()
        self._is_joined = self._has_left = False
        self._for_program: list[Output] = []

    @property
    def unread(self) -> int:
        """How many octets of packets the program has not read yet."""
        return self.program.unread

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take the end of the call: the link is over, and the program is to end."""
        super().set_circuit(circuit, on, now=now)
        if circuit is Circuit.DCD and not on:
            self._leave()

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the caller."""
        super().receive_data(data, now=now)
        self._pass_on()

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due, and send what the program has said."""
        super().handle_timer(now=now)
        self._pass_on()
        if self._has_left or self.program.due is None:
            return
        for found in self._framer.decode(self.program.say()):
            if isinstance(found, bytes) and self._is_packet(found):
                self.link.send(ProtocolNumber.IP, found, now=now)
        if self.program.is_over:
            self._has_left = True
            self.link.close(b"The network is gone", now=now)

    def next_timer(self) -> float | None:
        """Return the link's earliest deadline, or since when the program has said something."""
        return earliest((super().next_timer(), None if self._has_left else self.program.due))

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs = [*super().take_outputs(), *self._for_program]
        self._for_program = []
        return outputs

    def _pass_on(self) -> None:
        """Start the program when packets can pass, and give it those that have come."""
        if self.link.is_up and not self._is_joined:
            self._is_joined = True
            self._for_program.append(ProgramJoined(self.program))
        packets = self.link.networks.take_packets()
        if packets and not self._has_left:
            self._for_program.append(self.program.feed(b"".join(map(self._framer.encode, packets))))

    def _is_packet(self, packet: bytes) -> bool:
        is_ip = len(packet) >= _SHORTEST and packet[0] >> 4 == 4
        return is_ip and self.link.is_up and len(packet) <= self.link.lcp.peer_mru

    def _leave(self) -> None:
        if self._is_joined and not self._has_left:
            self._has_left = True
            self.program.leave()
            self._for_program.append(ProgramLeft(self.program))
