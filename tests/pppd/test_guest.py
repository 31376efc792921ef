"""pppd of a Debian kernel in QEMU dials by chat, on its serial port, into ours: nothing of it is a stand-in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from support.guest_pppd import Dialled, dialled_in, guest_command

pytestmark = [
    pytest.mark.runner("qemu-system-x86_64", "busybox", "pppd", "chat", "cpio", "slirp-fullbolt"),
    pytest.mark.starts_first,
]

# pppd, which has just run its script, is to have taken the port over before the first frame comes.
LOG_IN = """
    - prompt: "Username:"
    - prompt: "Password:"
    - send: "Entering PPP\\n"
    - pause: 400ms
"""
NETWORK = "auth: chap, local: 10.0.2.2, remote: 10.0.2.15, dns: [10.0.2.3], network: slip, run: [slirp-fullbolt]"
SCENARIO = f"""\
title: A guest of QEMU dials seven times
exchange: {{answer_after: 100ms}}
line:
  # A pseudo-terminal has no DTR that could drop: that pppd has left the port shows in the speed, which it sets back.
  triggers: [{{on: {{speed: 9600}}, do: drop carrier}}]
isp:
  accounts: {{alice: wonderland}}
  ppp: {{dns: [10.0.0.53, 10.0.0.54], network: echo}}
  calls: [pap, chap, mschap, refused, no carrier, message, slirp]
  dialogues:
    pap: {LOG_IN}    - ppp: {{auth: pap}}
    chap: {LOG_IN}    - ppp: {{auth: chap}}
    mschap: {LOG_IN}    - ppp: {{auth: mschap-v2}}
    refused: {LOG_IN}    - ppp: {{auth: chap, behaviour: refuses every log-in}}
    no carrier: {LOG_IN}    - ppp: {{auth: pap, behaviour: no carrier at IPCP}}
    message: {LOG_IN}    - ppp: {{auth: chap, behaviour: terminates with a message}}
    slirp: {LOG_IN}    - ppp: {{{NETWORK}}}
expect:
  - calls: 7
"""
GOOD = Dialled(5, "10.0.0.2", ("10.0.0.53", "10.0.0.54"), 3)
DIALS = {
    "1-pap": ["usepeerdns"],
    "2-chap": ["usepeerdns"],
    "3-mschap": ["usepeerdns"],
    "4-refused": [],
    "5-no-carrier": ["ipcp-max-configure 2", "ipcp-restart 1"],
    "6-message": ["# stay", "lcp-restart 1"],
    "7-slirp": ["usepeerdns"],
}


def dialled(console: Path, scratch: Path) -> tuple[Verdict, str]:
    """Let the guest dial; return the verdict, and what it wrote on its console."""
    command = guest_command(DIALS, scratch)
    words = " ".join(f"'{word}'" for word in command)

    async def run() -> Verdict:
        with Station(loads(SCENARIO)) as station:
            return await run_client(
                station, ["sh", "-c", f"exec {words} >{console} </dev/null"], RunOptions(deadline=900)
            )

    return asyncio.run(run()), console.read_text(errors="replace")


def test_the_pppd_of_another_kernel_comes_up_pings_and_fails_as_it_should(tmp_path: Path) -> None:
    verdict, said = dialled(tmp_path / "console", tmp_path)
    found = dialled_in(said)
    assert {name: found.get(name) for name in ("1-pap", "2-chap", "3-mschap")} == {
        "1-pap": GOOD, "2-chap": GOOD, "3-mschap": GOOD,
    }, said[-6000:]  # fmt: skip
    assert found["4-refused"].status == 19, said[-6000:]
    assert (found["5-no-carrier"].status, found["5-no-carrier"].local) == (10, ""), said[-6000:]
    assert "Session limit reached" in said
    # 16 where pppd notes that the line is gone before its own wait is over (RFC 1661: Stopping), 0 where it does not.
    assert (found["6-message"].status in (0, 16), found["6-message"].local) == (True, "10.0.0.2"), said[-6000:]
    assert found["7-slirp"] == Dialled(5, "10.0.2.15", ("10.0.2.3",), 3), said[-6000:]
    assert verdict.kind is VerdictKind.RELEASED, verdict.reason
