"""Two ends of a PPP link, and the octets under way between them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from simisp.facts.ppp import PacketReceived
from simisp.machine import Output, SendData, earliest
from simisp.ppp.behaviour import LinkBehaviour
from simisp.ppp.config import AuthMethod, PppConfig, PppRole
from simisp.ppp.link import PppLink

__all__ = ["CLIENT", "LOCAL", "REMOTE", "SERVER", "LinkSide", "TwoLinks"]

LOCAL, REMOTE = IPv4Address("10.64.0.1"), IPv4Address("10.64.0.2")
SERVER = PppConfig(
    auth=(AuthMethod.CHAP,), accounts={"joe": "secret"}, local=LOCAL, remote=REMOTE,
    dns=(IPv4Address("10.64.0.53"), IPv4Address("10.64.0.54")), answers_ping=True, seed=1,
)  # fmt: skip
CLIENT = PppConfig(role=PppRole.CLIENT, user="joe", password="secret", asks_dns=True, seed=2)


class LinkSide:
    """One end, and what it has put out."""

    def __init__(self, config: PppConfig, behaviour: LinkBehaviour | None = None) -> None:
        self.link = PppLink(config, behaviour)
        self.outputs: list[Output] = []
        self.to_peer = bytearray()
        self.secrets: list[bytes] = []

    def settle(self) -> None:
        for output in self.link.take_outputs():
            self.outputs.append(output)
            if isinstance(output, SendData):
                self.to_peer += output.data
                self.secrets += [output.data[start:end] for start, end in output.secrets]

    def of(self, kind: type[Output]) -> list[Any]:
        return [output for output in self.outputs if type(output) is kind]

    @property
    def heard(self) -> list[str]:
        """The packets that have come: protocol and code."""
        return [f"{packet.protocol} {packet.code}".strip() for packet in self.of(PacketReceived)]


class TwoLinks:
    """A server and a client. Everything that is set for one of them has its name in front."""

    def __init__(self, behaviour: LinkBehaviour | None = None, **changes: object) -> None:
        def changed(config: PppConfig, side: str) -> PppConfig:
            own: dict[str, Any] = {key.removeprefix(side): value for key, value in changes.items() if key[:7] == side}
            return replace(config, **own)

        self.server = LinkSide(changed(SERVER, "server_"), behaviour)
        self.client = LinkSide(changed(CLIENT, "client_"))
        self.now = 0.0

    def start(self) -> TwoLinks:
        for side in (self.server, self.client):
            side.link.start(now=self.now)
        return self.settle()

    def pass_one(self, *, from_client: bool, lost: bool = False) -> None:
        """Let one octet arrive, or get lost."""
        for side in (self.server, self.client):
            side.settle()
        sender, receiver = (self.client, self.server) if from_client else (self.server, self.client)
        if sender.to_peer:
            octet = bytes((sender.to_peer.pop(0),))
            if not lost:
                receiver.link.receive_data(octet, now=self.now)

    def settle(self) -> TwoLinks:
        """Let everything arrive that is under way."""
        while True:
            self.server.settle()
            self.client.settle()
            for sender, receiver in ((self.client, self.server), (self.server, self.client)):
                octets = bytes(sender.to_peer)
                sender.to_peer.clear()
                receiver.link.receive_data(octets, now=self.now)
            if not self.server.to_peer and not self.client.to_peer and not self._unsettled():
                return self

    def _unsettled(self) -> bool:
        self.server.settle()
        self.client.settle()
        return bool(self.server.to_peer or self.client.to_peer)

    def wait(self, seconds: float) -> TwoLinks:
        """Let time pass, with everything arriving."""
        until = self.now + seconds
        while True:
            self.settle()
            due = earliest(side.link.next_timer() for side in (self.server, self.client))
            if due is None or due > until:
                self.now = until
                return self
            self.now = max(self.now, due)
            for side in (self.server, self.client):
                side.link.handle_timer(now=self.now)
