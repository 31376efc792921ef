"""lwIP's PPP, built from its source, against ours in virtual time: a third implementation besides pppd and slirp."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path

import pytest

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import loads
from support.fetched import build_of_fetched

pytestmark = pytest.mark.runner("cc")

CLOSED_BY_USER, AUTHENTICATION_FAILED, LOOPED_BACK = 5, 7, 12
"""lwIP's codes for the end of a link: PPPERR_USER, PPPERR_AUTHFAIL, PPPERR_LOOPBACK."""


def dial(ppp: str, expect: str, scratch: Path, *, password: str = "wonderland") -> tuple[Verdict, list[str]]:
    """Let lwIP talk to an ISP on a leased line; return the verdict, and what lwIP reported."""
    _, built = build_of_fetched("lwip-source", "lwip")
    text = "title: lwIP dials\nmodem: {profile: none}\nport: {starts: raw}\nisp:\n  accounts: {alice: wonderland}\n"
    text += f"  dialogue: [ppp: {{{ppp}}}]\nexpect: [{expect}]\n"
    said = scratch / "said"
    script = f"exec {shlex.quote(str(built / 'client'))} alice {password} 2>{shlex.quote(str(said))}"
    command = ["sh", "-c", script]

    async def run() -> Verdict:
        with Station(loads(text), clock=choose_clock("virtual", command)) as station:
            return await run_client(station, command, RunOptions(deadline=120))

    return asyncio.run(run()), said.read_text().splitlines()


@pytest.mark.parametrize("auth", ["none", "pap", "chap", "mschap-v2"])
def test_lwip_logs_in_gets_its_addresses_pings_and_ends_in_order(auth: str, tmp_path: Path) -> None:
    expect = "ppp up within: 30s, address: 10.0.0.2, terminated cleanly, client exit status: 0"
    expect += ", authenticated as: alice" if auth != "none" else ""
    verdict, said = dial(f"auth: {auth}, dns: [10.0.0.53], network: echo", expect, tmp_path)
    assert said == ["up 10.0.0.2 10.0.0.1 10.0.0.53", "ping 1", f"over {CLOSED_BY_USER}"]
    assert [each for each in verdict.expectations if each.held is not True] == []


def test_lwip_is_refused_with_a_wrong_password(tmp_path: Path) -> None:
    _, said = dial("auth: chap", "client exit status: 1", tmp_path, password="mistaken")
    assert said == [f"over {AUTHENTICATION_FAILED}"]


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("reflects everything", LOOPED_BACK),
        ("same magic number", LOOPED_BACK),
        ("refuses every log-in", AUTHENTICATION_FAILED),
    ],
)
def test_lwip_comes_to_an_end_of_its_own_with_a_bad_far_end(behaviour: str, code: int, tmp_path: Path) -> None:
    _, said = dial(f"auth: pap, behaviour: {behaviour}", "client exit status: 1", tmp_path)
    assert said == [f"over {code}"]


@pytest.mark.parametrize("behaviour", ["garbled frames", "CCP and IPCP at once", "compresses though refused"])
def test_lwip_comes_up_in_spite_of_what_is_only_untidy(behaviour: str, tmp_path: Path) -> None:
    _, said = dial(f"auth: pap, dns: [10.0.0.53], network: echo, behaviour: {behaviour}", "", tmp_path)
    assert said[:1] == ["up 10.0.0.2 10.0.0.1 10.0.0.53"]
