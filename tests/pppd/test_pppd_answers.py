"""The real pppd as the ISP of a client of ours: each way to log in is as pppd has it, and not only as we do."""

from __future__ import annotations

import asyncio
import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from simisp.facts.ppp import AddressAgreed, Authenticated, LinkDown, LinkEnding
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.client import PppClient
from simisp.ppp.config import PppConfig, PppRole
from simisp.scenario.load import loads
from simisp.testing.memory_line import MemoryLine
from simisp.transcript import Redactor
from support.ppp_on_a_line import play_client
from support.real_pppd import pppd_that_answers

pytestmark = pytest.mark.runner("pppd", "cc")

METHODS = {"pap": "require-pap", "chap": "require-chap", "mschap-v2": "require-mschap-v2"}
TIMERS = RestartTimers(max_configure=20, max_terminate=20)
"""A busy machine is no silence."""
NOT_AUTHENTICATED = 19


def dialled(method: str, password: str, scratch: Path) -> tuple[PppClient, list[object], str]:
    """Let a client of ours dial an ISP that leaves the line to pppd; return it, its facts, and what is shown of it."""
    program = json.dumps(pppd_that_answers(scratch, [METHODS[method]]))
    text = "title: x\nexchange: {answer_after: 0s}\nisp:\n  dialogue:\n"
    scenario = loads(f"{text}  - ppp: {{network: run, run: {program}}}\n")
    config = PppConfig(role=PppRole.CLIENT, user="alice", password=password, asks_dns=True, timers=TIMERS)
    client = PppClient(config)

    async def dial() -> tuple[list[object], str]:
        async with MemoryLine(scenario, judged=False) as line:
            facts = await play_client(client, line)
            redactor = Redactor()
            shown = [shown for record in line.records for shown in redactor.feed(record)] + redactor.flush()
            return list(facts), "".join(record.data.decode("latin-1") for record in shown)

    return client, *asyncio.run(dial())


@pytest.mark.parametrize("method", METHODS)
def test_pppd_lets_a_client_of_ours_in_and_gives_it_its_addresses(method: str, tmp_path: Path) -> None:
    client, facts, shown = dialled(method, "wonderland", tmp_path)
    log = (tmp_path / "pppd.log").read_text()
    assert client.exit_status == 0, log
    assert Authenticated("alice", method, of_peer=False) in facts
    assert AddressAgreed("10.0.0.2", "10.0.0.1") in facts
    assert set(client.link.ipcp.name_servers) == {IPv4Address("10.0.0.53")}
    assert [fact for fact in facts if isinstance(fact, LinkDown)] == [LinkDown(LinkEnding.CLOSED, was_up=True)]
    assert "wonderland" not in shown


@pytest.mark.parametrize("method", METHODS)
def test_pppd_refuses_a_client_of_ours_with_a_wrong_password(method: str, tmp_path: Path) -> None:
    client, facts, shown = dialled(method, "mistaken", tmp_path)
    assert client.exit_status == NOT_AUTHENTICATED, facts
    assert "mistaken" not in shown
