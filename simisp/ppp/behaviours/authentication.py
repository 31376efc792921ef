"""Behaviours in the log-in: it never succeeds, never ends, or ends with something wrong."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from simisp.facts.ppp import LinkPhase
from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.misconduct import Misconduct, packet_of
from simisp.ppp.chap import ChapCode
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ControlPacket, ProtocolNumber

__all__ = ["AsksAgain", "ChapThenPapThenOver", "RefusesLogIn", "SuccessOfWrongLength", "SuccessWithoutSpace"]

_NETWORK_CONTROL = range(0x8000, 0xC000)


class RefusesLogIn(Misconduct):
    """No name and no password are right."""

    def configured(self, config: PppConfig) -> PppConfig:
        """Forget all accounts; any caller has to log in."""
        return replace(config, accounts={}, auth=config.auth or (AuthMethod.PAP,))


class AsksAgain(Misconduct):
    """A log-in succeeds and is asked for again, every second; the network never comes.

    With CHAP that is another Challenge. With PAP there is no question to repeat, so LCP begins anew.
    """

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._identifier = 0x70
        self._asked = b""
        self._is_pap = False

    def configured(self, config: PppConfig) -> PppConfig:
        """Let any caller log in."""
        return super().configured(config if config.auth else replace(config, auth=(AuthMethod.CHAP,)))

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Answer the responses to questions of its own, and nothing of the network."""
        self._is_pap = self._is_pap or frame.protocol == ProtocolNumber.PAP
        response = packet_of(frame, ProtocolNumber.CHAP, ChapCode.RESPONSE)
        if response is not None and response.identifier == self._identifier:
            self.say(ProtocolNumber.CHAP, ChapCode.SUCCESS, self._identifier, b"Welcome", now=now)
            return True
        return frame.protocol in _NETWORK_CONTROL

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Remember what LCP asks for, and keep the network back."""
        request = packet_of(frame, ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST)
        self._asked = self._asked if request is None else request.data
        return () if frame.protocol in _NETWORK_CONTROL else (frame,)

    def on_phase(self, phase: LinkPhase, *, now: float) -> None:
        """Begin to ask again, when the log-in has succeeded."""
        if phase is LinkPhase.NETWORK:
            self.later(1.0, self._ask, now=now)

    def _ask(self, now: float) -> None:
        self._identifier = (self._identifier + 1) & 0xFF
        if self._is_pap:
            # The link takes the client's request that answers this one as a new beginning, and goes on from there.
            self.say(ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST, self._identifier, self._asked, now=now)
            return
        challenge = bytes((16, *[self._identifier] * 16)) + b"simisp"
        self.say(ProtocolNumber.CHAP, ChapCode.CHALLENGE, self._identifier, challenge, now=now)
        self.later(1.0, self._ask, now=now)


class ChapThenPapThenOver(Misconduct):
    """It asks for CHAP, takes a client's Nak that suggests PAP, and ends the link at PAP's first request."""

    def configured(self, config: PppConfig) -> PppConfig:
        """Take both."""
        return replace(config, auth=(AuthMethod.CHAP, AuthMethod.PAP))

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """End the link at PAP's request."""
        if frame.protocol != ProtocolNumber.PAP:
            return False
        self.link.close(b"PAP is not allowed", now=now)
        return True


class _ChangedSuccess(Misconduct):
    """MS-CHAP v2 in which the text of the Success is not as it has to be."""

    def configured(self, config: PppConfig) -> PppConfig:
        """Ask for MS-CHAP v2: no other method has such a text."""
        return replace(config, auth=(AuthMethod.MSCHAP_V2,))

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Change the text."""
        success = packet_of(frame, ProtocolNumber.CHAP, ChapCode.SUCCESS)
        if success is None:
            return (frame,)
        changed = ControlPacket(success.code, success.identifier, self._changed(success.data))
        return (PppFrame(frame.protocol, changed.encode()),)

    @abstractmethod
    def _changed(self, text: bytes) -> bytes:
        """Return the text that the client is sent."""


class SuccessWithoutSpace(_ChangedSuccess):
    """In MS-CHAP v2's Success no space stands before ``M=``."""

    def _changed(self, text: bytes) -> bytes:
        return text.replace(b" M=", b"M=")


class SuccessOfWrongLength(_ChangedSuccess):
    """In MS-CHAP v2's Success the proof of the password is two digits too short."""

    def _changed(self, text: bytes) -> bytes:
        proof, space, message = text.partition(b" ")
        return proof[:-2] + space + message
