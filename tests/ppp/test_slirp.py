"""The real slirp, whose PPP is not pppd's of today, as the other side of a link of ours."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import subprocess
import time
import tty
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from simisp.facts.isp import ProgramEnded, ProgramSaid
from simisp.facts.ppp import AddressAgreed, Authenticated, LinkDown, LinkEnding, PacketReceived
from simisp.machine import Output, SendData
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.client import PppClient
from simisp.ppp.config import PppConfig, PppRole
from simisp.scenario.load import loads
from simisp.testing.memory_line import MemoryLine
from support.ppp_on_a_line import play_client

GATEWAY, GUEST = IPv4Address("10.0.2.2"), IPv4Address("10.0.2.15")
PATIENCE = 90.0
TIMERS = RestartTimers(max_configure=20, max_terminate=20)
"""A busy machine is no silence."""


@pytest.fixture
def slirp(tmp_path: Path) -> Iterator[int]:
    """Run slirp on a terminal of its own; yield the other side of that."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    process = subprocess.Popen(
        ["slirp-fullbolt", "-P"], stdin=slave, stdout=slave, stderr=subprocess.DEVNULL,
        env=environment, cwd=tmp_path, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        yield master
    finally:
        process.kill()
        process.wait()
        os.close(master)


def play(client: PppClient, terminal: int) -> list[Output]:
    """Let a client talk to a terminal until it ends; return the facts."""
    began = time.monotonic()
    facts: list[Output] = []
    client.start(now=0.0)
    while True:
        for output in client.take_outputs():
            if isinstance(output, SendData):
                os.write(terminal, output.data)
            else:
                facts.append(output)
        now = time.monotonic() - began
        if client.exit_status is not None or now > PATIENCE:
            return facts
        due = client.next_timer()
        readable, _, _ = select.select([terminal], [], [], max(0.0, (PATIENCE if due is None else due) - now))
        if readable:
            client.receive_data(os.read(terminal, 4096), now=time.monotonic() - began)
        client.handle_timer(now=time.monotonic() - began)


@pytest.mark.runner("slirp-fullbolt")
def test_slirp_agrees_on_a_link_answers_a_ping_and_takes_its_end(slirp: int) -> None:
    config = PppConfig(role=PppRole.CLIENT, user="joe", remote=GATEWAY, asks_dns=True, timers=TIMERS)
    client = PppClient(config, ping=GATEWAY, ping_wait=60.0)
    facts = play(client, slirp)
    assert (client.exit_status, client.pinged) == (0, True), facts
    assert AddressAgreed(str(GUEST), str(GATEWAY)) in facts
    came = [f"{fact.protocol} {fact.code}" for fact in facts if isinstance(fact, PacketReceived)]
    assert {"LCP Configure-Ack", "IPCP Configure-Nak", "CCP Configure-Request", "LCP Terminate-Ack"} <= set(came)
    assert [fact for fact in facts if isinstance(fact, LinkDown)] == [LinkDown(LinkEnding.CLOSED, was_up=True)]


BEHIND = "auth: pap, accounts: {joe: secret}, local: 10.0.2.2, remote: 10.0.2.15, network: slip, run: [slirp-fullbolt]"


@pytest.mark.runner("slirp-fullbolt")
@pytest.mark.parametrize(
    "step",
    [
        "run: {command: [slirp-fullbolt, -P], terminal: raw}",
        "ppp: {network: run, run: [slirp-fullbolt, -P]}",
        "ppp: {" + BEHIND + "}",
    ],
    ids=["has the line", "speaks PPP", "is behind PPP"],
)
def test_slirp_is_the_network_that_an_isp_leads_to(step: str) -> None:
    config = PppConfig(role=PppRole.CLIENT, user="joe", password="secret", remote=GATEWAY, timers=TIMERS)
    client = PppClient(config, ping=GATEWAY, ping_wait=60.0)
    scenario = loads(f"title: x\nexchange: {{answer_after: 0s}}\nisp:\n  dialogue:\n  - {step}\n")

    async def dial() -> list[object]:
        async with MemoryLine(scenario, judged=False) as line:
            facts = await play_client(client, line)
            assert (client.exit_status, client.pinged) == (0, True), facts
            assert AddressAgreed(str(GUEST), str(GATEWAY)) in facts
            return [record.fact for record in line.records]

    found = asyncio.run(dial())
    assert [fact for fact in found if isinstance(fact, ProgramSaid) and "SLiRP Ready" in fact.text]
    assert (Authenticated("joe", "pap", of_peer=True) in found) is ("auth" in step)
    assert not [fact for fact in found if isinstance(fact, ProgramEnded) and "started" in fact.how]
