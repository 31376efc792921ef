"""A PPP link: one side of it, through all its phases.

============  ==============================================  =========================================================
phase         input                                           next phase, and effect
============  ==============================================  =========================================================
DEAD          :meth:`PppLink.start`                           ESTABLISH: LCP is opened
ESTABLISH     LCP is up, a side has to prove its name         AUTHENTICATE
ESTABLISH     LCP is up, neither has                          NETWORK: IPCP is opened
AUTHENTICATE  every name is proven                            NETWORK: IPCP is opened
AUTHENTICATE  one is not                                      TERMINATE: LCP is closed, with the reason
AUTHENTICATE  a packet of a network protocol                  AUTHENTICATE: discarded
NETWORK       IPCP is up                                      NETWORK: ``AddressAgreed``, ``LinkUp``
NETWORK       a packet of a protocol that is not known        NETWORK: Protocol-Reject
NETWORK       the last network protocol is finished           TERMINATE: LCP is closed
any           LCP is down: the peer begins again              ESTABLISH
any           the peer's Terminate-Request, LCP was up        TERMINATE
any           :meth:`PppLink.close`, the peer is gone         TERMINATE: LCP is closed
any           LCP is finished, or the carrier is lost         DEAD: ``LinkDown``
============  ==============================================  =========================================================

Packets of the network itself are discarded until their protocol is up.

See Also:
    RFC 1661, 3.2 (phases), 3.5 (authentication), 3.6 (network), 5.7 (Protocol-Reject).
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simisp.circuits import Circuit
from simisp.facts.ppp import FrameError, LinkDown, LinkEnding, LinkPhase, LinkUp, PhaseEntered
from simisp.machine import Output, earliest
from simisp.ppp.authentication import AuthenticationSide
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.control import ControlProtocol, LayerEvent
from simisp.ppp.frame import ControlPacket, ProtocolNumber
from simisp.ppp.hdlc import FramingFault
from simisp.ppp.lcp import Lcp
from simisp.ppp.link_authentication import LinkAuthentication
from simisp.ppp.link_frames import LinkFrames
from simisp.ppp.link_networks import LinkNetworks
from simisp.ppp.mschap import has_mschap, require_mschap

__all__ = ["PppLink"]

_SILENT = frozenset((ProtocolNumber.IP, ProtocolNumber.LQR))
"""Protocols whose packets are discarded where they mean nothing; others are rejected."""


class PppLink:
    """One side of a PPP link. It keeps the machine contract of :mod:`simisp.machine`; its peer is the other side.

    Args:
        config: What this side is set to.
        behaviour: How it behaves badly; None if it does not.

    Raises:
        MissingPackageError: MS-CHAP v2 is asked for, and PyCryptodome is not installed.

    Attributes:
        config: What this side is set to.
        phase: The phase.
        ending: Why the link has ended, or is about to end; None while nothing has ended it.
        lcp: LCP of this side.
        networks: The network protocols, and the packets that have come.
        ipcp: IPCP.

    Example:
        >>> link = PppLink(PppConfig())
        >>> link.start(now=0.0)
        >>> link.phase, link.next_timer()
        (<LinkPhase.ESTABLISH: 'establish'>, 3.0)
    """

    def __init__(self, config: PppConfig, behaviour: LinkBehaviour | None = None) -> None:
        if AuthMethod.MSCHAP_V2 in config.auth:
            require_mschap()
        if config.user is not None and not has_mschap():
            left = tuple(method for method in config.agrees if method is not AuthMethod.MSCHAP_V2)
            config = replace(config, agrees=left)
        self.config = config
        self.behaviour = behaviour or LinkBehaviour()
        self.phase = LinkPhase.DEAD
        self.ending: LinkEnding | None = None
        # A run must repeat itself, and two ends with one seed must not take each other for themselves.
        self._random = Random(f"{config.seed}/{config.role.value}")  # noqa: S311
        self.lcp = Lcp(config, self._random)
        self.networks = LinkNetworks(config, self._random)
        self.ipcp = self.networks.ipcp
        self._controls: dict[int, ControlProtocol] = {ProtocolNumber.LCP: self.lcp, **self.networks.controls}
        self._authentication = LinkAuthentication(config, self._random)
        self._started = self._was_up = False
        self._outputs: list[Output] = []
        self._frames = LinkFrames(self.lcp, self.behaviour, config.mru, self._outputs)
        self.framer = self._frames.framer

    # State -----------------------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether the link has ended, for good."""
        return self._started and self.phase is LinkPhase.DEAD

    @property
    def _is_dead(self) -> bool:
        return self.phase is LinkPhase.DEAD

    @property
    def is_up(self) -> bool:
        """Whether IP packets can pass."""
        return self.phase is LinkPhase.NETWORK and self.ipcp.is_open

    @property
    def outcome(self) -> LinkEnding | None:
        """Why the link ends, as soon as that is known: before it is over, where a Terminate-Request is under way."""
        if self.phase is not LinkPhase.TERMINATE:
            return self.ending
        return self._own_ending() or LinkEnding.PEER_TERMINATED

    @property
    def was_up(self) -> bool:
        """Whether packets of a network could pass at any time."""
        return self._was_up

    @property
    def controls(self) -> tuple[ControlProtocol, ...]:
        """All control protocols, LCP first."""
        return tuple(self._controls.values())

    @property
    def authentications(self) -> tuple[AuthenticationSide, ...]:
        """The authentications of the present phase, that of the peer first; empty where there are none."""
        return self._authentication.sides

    # The machine's methods -------------------------------------------------------------------------------------------

    def start(self, *, now: float) -> None:
        """Begin: the line is there."""
        self._started = True
        self.behaviour.begin(self, now=now)
        self._enter(LinkPhase.ESTABLISH, now)
        self.lcp.open(now=now)
        self.lcp.lower_up(now=now)
        self._settle(now)

    def close(self, reason: bytes = b"", *, ending: LinkEnding = LinkEnding.CLOSED, now: float) -> None:
        """End the link in good order.

        Args:
            reason: What the peer is given as the reason.
            ending: What it is, for this side.
            now: The time.
        """
        if self.is_over:
            return
        self.ending = self.ending or ending
        self.lcp.close(reason, now=now)
        self._settle(now)

    def drop(self, *, ending: LinkEnding = LinkEnding.CARRIER_LOST, now: float) -> None:
        """End the link at once, without a word: the line is gone.

        Why it has ended is what it was already ending for, if it was: after a Terminate-Request each side may hang up
        without waiting for the other (RFC 1661, 3.7).

        Args:
            ending: Why it has ended, where it was not ending.
            now: The time.
        """
        if not self.is_over:
            self.ending = self.outcome or ending
            self._end(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the peer."""
        if self._is_dead:
            return
        for found in self.framer.decode(self.behaviour.on_octets(data, now=now)):
            if isinstance(found, FramingFault):
                self._outputs.append(FrameError(found.why, found.octets))
            else:
                self._take_frame(found, now)
            if self._is_dead:
                return

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit: the link ends with the carrier."""
        if circuit is Circuit.DCD and not on and self._started:
            self.drop(now=now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        if self.phase is LinkPhase.DEAD:
            return
        self.behaviour.handle_timer(now=now)
        for control in self._controls.values():
            control.handle_timer(now=now)
        for each in self.authentications:
            each.handle_timer(now=now)
        self._settle(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all protocols."""
        if self.phase is LinkPhase.DEAD:
            return None
        controls = [control.next_timer() for control in self._controls.values()]
        return earliest([*controls, *(each.next_timer() for each in self.authentications), self.behaviour.next_timer()])

    def take_outputs(self) -> list[Output]:
        """Return the outputs since the last call."""
        outputs = self._outputs.copy()
        self._outputs.clear()
        return outputs

    # Frames ----------------------------------------------------------------------------------------------------------

    def _take_frame(self, frame: bytes, now: float) -> None:
        read = self._frames.read(frame)
        if read is None:
            return
        protocol, information, packet = read
        if not self.behaviour.on_receive(PppFrame(protocol, information), now=now):
            self._take(protocol, information, packet, now)
        self._settle(now)

    def _take(self, protocol: int, information: bytes, packet: ControlPacket | None, now: float) -> None:
        """Let the protocol that a frame belongs to act on it."""
        if protocol == ProtocolNumber.LCP:
            if packet is not None:
                self.lcp.receive(packet, now=now)
        elif protocol in (ProtocolNumber.PAP, ProtocolNumber.CHAP):
            if packet is not None:
                self._authentication.receive(protocol, packet, now)
        elif self.phase is not LinkPhase.NETWORK:
            pass  # RFC 1661, 3.4 and 3.5: silently discarded
        elif protocol in self._controls:
            if packet is not None:
                self._controls[protocol].receive(packet, now=now)
        elif protocol == ProtocolNumber.IP and self.ipcp.is_open:
            self._take_ip(information, now)
        elif protocol not in _SILENT and not self.networks.carries(protocol):
            self.lcp.reject(protocol, information)

    def _take_ip(self, packet: bytes, now: float) -> None:
        answer = self.networks.answer(packet, self.lcp.peer_mru)
        if answer is not None:
            self.send(ProtocolNumber.IP, answer, now=now)

    # Sending ---------------------------------------------------------------------------------------------------------

    def send(self, protocol: int, information: bytes, *, now: float) -> None:
        """Send a frame, unless the behaviour replaces it."""
        self._frames.send(protocol, information, now=now)

    def send_frame(self, frame: PppFrame, *, now: float) -> None:
        """Send exactly this frame."""
        self._frames.send_frame(frame, now=now)

    def encode(self, frame: PppFrame) -> bytes:
        """Return the octets that a frame should be on the line now."""
        return self._frames.encode(frame)

    def send_octets(self, octets: bytes) -> None:
        """Send octets as they are. Where they are a password is said with them."""
        self._frames.send_octets(octets)

    def request(self, output: Output) -> None:
        """Put out what a behaviour asks of the owner of this side."""
        self._outputs.append(output)

    # Protocols report ------------------------------------------------------------------------------------------------

    def _settle(self, now: float) -> None:
        """Send what the protocols have to send, and act on what they report, until there is nothing left."""
        while self.phase is not LinkPhase.DEAD and self._pass_on(now):
            pass

    def _pass_on(self, now: float) -> bool:
        """Take the next output of any protocol; return whether there was one."""
        for control in self._controls.values():
            if control.outputs:
                output = control.outputs.pop(0)
                if isinstance(output, ControlPacket):
                    self._frames.send_packet(control.protocol, output, now)
                else:
                    self._hear(control, output, now)
                return True
        for each in self.authentications:
            if each.outputs:
                self._frames.send_packet(each.protocol, each.outputs.pop(0), now)
                return True
        return self._judge_authentications(now) or self._hear_rejections(now) or self._hear_peer_terminating(now)

    def _hear(self, control: ControlProtocol, event: LayerEvent, now: float) -> None:
        """Act on what a protocol reports of itself."""
        if control is self.lcp:
            self._hear_lcp(event, now)
        elif event is LayerEvent.UP:
            self._bring_up(control, now)
        elif event is LayerEvent.FINISHED and self.phase is LinkPhase.NETWORK:
            self._look_for_network(control, now)

    def _hear_lcp(self, event: LayerEvent, now: float) -> None:
        match event:
            case LayerEvent.UP:
                self._frames.agree()
                self.lcp.peer_terminated = False
                self._begin_authentication(now)
            case LayerEvent.DOWN:
                self._frames.forget()
                self._authentication.forget()
                self.networks.lower_down(now)
                self._enter(LinkPhase.TERMINATE if self._is_ending() else LinkPhase.ESTABLISH, now)
            case LayerEvent.FINISHED:
                self._end(now)

    def _is_ending(self) -> bool:
        lcp = self.lcp
        return self._own_ending() is not None or lcp.peer_terminated

    def _own_ending(self) -> LinkEnding | None:
        """Return why this side ends the link, if it does."""
        lcp = self.lcp
        if self.ending is not None:
            return self.ending
        reasons = (
            (lcp.looped_back, LinkEnding.LOOPED_BACK),
            (lcp.auth_refused, LinkEnding.AUTHENTICATION_REFUSED),
            (not lcp.converges, LinkEnding.NOT_CONVERGING),
            (lcp.echo_lost, LinkEnding.ECHO_LOST),
            (lcp.was_rejected, LinkEnding.PROTOCOL_REJECTED),
        )
        return next((ending for holds, ending in reasons if holds), None)

    def _hear_peer_terminating(self, now: float) -> bool:
        """Enter the last phase where this side closes LCP while it is not up, which LCP does not report."""
        if self.phase is LinkPhase.ESTABLISH and self._own_ending() is not None:
            self._enter(LinkPhase.TERMINATE, now)
            return True
        return False

    # Authentication --------------------------------------------------------------------------------------------------

    def _begin_authentication(self, now: float) -> None:
        self._authentication.choose(self.lcp)
        if not self.authentications:
            self._begin_network(now)
            return
        self._enter(LinkPhase.AUTHENTICATE, now)
        self._authentication.start(now)

    def _judge_authentications(self, now: float) -> bool:
        """Go on when the authentications are decided; return whether they were decided now."""
        if self.phase is not LinkPhase.AUTHENTICATE:
            return False
        if (failed := self._authentication.failed) is not None:
            self._fail(failed, now)
            return True
        if self._authentication.is_proven:
            self._outputs += self._authentication.successes()
            self._begin_network(now)
            return True
        return False

    def _fail(self, failed: AuthenticationSide, now: float) -> None:
        fact, self.ending = self._authentication.failure(failed)
        self._outputs.append(fact)
        self._enter(LinkPhase.TERMINATE, now)
        self.lcp.close(b"Authentication failed", now=now)

    # Network ---------------------------------------------------------------------------------------------------------

    def _begin_network(self, now: float) -> None:
        self._enter(LinkPhase.NETWORK, now)
        self.networks.begin(now)

    def _bring_up(self, control: ControlProtocol, now: float) -> None:
        if control is self.ipcp:
            self._outputs.append(self.networks.agreed)
        network = self.networks.carried_by(control)
        if network is not None:
            self._was_up = True
            self._outputs.append(LinkUp(network))
            self.behaviour.on_up(network, now=now)

    def _look_for_network(self, finished: ControlProtocol, now: float) -> None:
        """End the link if no protocol is left that could carry a network."""
        ending = self.networks.ending_without(finished)
        if ending is not None:
            self.ending = self.ending or ending
            self.lcp.close(b"No network protocols running", now=now)

    def _hear_rejections(self, now: float) -> bool:
        """Close what the peer does not know; return whether it has rejected anything."""
        if not self.lcp.rejected:
            return False
        rejected = self.lcp.rejected.pop(0).protocol
        control = self._controls.get(rejected)
        if control is not None:
            control.be_rejected(now=now)
        return True

    # Phases ----------------------------------------------------------------------------------------------------------

    def _enter(self, phase: LinkPhase, now: float) -> None:
        if phase is self.phase:
            return
        self.phase = phase
        self._outputs.append(PhaseEntered(phase))
        self.behaviour.on_phase(phase, now=now)

    def _end(self, now: float) -> None:
        if self.ending is None:
            terminated = LinkEnding.PEER_TERMINATED if self.lcp.peer_terminated else LinkEnding.NO_RESPONSE
            self.ending = self._own_ending() or terminated
        message = self.lcp.peer_reason.decode("utf-8", "replace")
        self._outputs.append(LinkDown(self.ending, self._was_up, message))
        self._enter(LinkPhase.DEAD, now)
