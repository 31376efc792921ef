"""Public reports about modems unlike ours, played with a leased line in the modem's place.

- computing.net, Linux, thread 24493: a script waits for ARQ, which stands in CONNECT 49333/ARQ.
- HylaFAX's questions and answers, 168: what stands behind Z on a command line may be lost.
- radekp/qtmoko, issue 142: +CGREG between AT+CGATT=1 and its OK; then +++ATH without a pause.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from support.shared_library import needs_library

WITH_PROTOCOL = r"""
title: CONNECT says which error control there is
modem: {profile: none}
isp:
  dialogue:
    - label: command
    - prompt: ""
      choices:
        /ATD.*/: [{pause: 9s}, {send: "CONNECT 44000/ARQ/V90/LAPM\n"}, {go to: online}]
      otherwise: [{send: "OK\n"}, {go to: command}]
    - label: online
    - prompt: "login:"
    - silence
expect: [{reached: "login:"}, {client exit status: 0}]
"""
RATE_ONLY = 'title: CONNECT says the rate\nisp: {dialogue: [{prompt: "login:"}, silence]}\n'
WAITS_FOR_ARQ = 'TIMEOUT 30\n"" ATZ\nOK ATDT0,,5550142\nARQ ""\nogin: \\c\n'

FORGETS_THE_REST = r"""
title: What stands behind Z is thrown away, so the echo stays on
modem: {profile: none}
isp:
  dialogue:
    - label: echoing
    - prompt: ""
      choices:
        /ATE0.*/: [{send: "OK\n"}, {go to: quiet}]
        /ATI0?/: [{send: "33600\n\nOK\n"}, {go to: echoing}]
      otherwise: [{send: "OK\n"}, {go to: echoing}]
    - label: quiet
    - silence
expect: [{client exit status: 0}]
"""
OBEDIENT = (
    "title: What stands behind Z is done\nisp: {dialogue: [silence]}\nexpect: [{calls: 0}, {client exit status: 0}]\n"
)
RESETS_AND_ASKS = """
import sys, serial
port = serial.Serial(sys.argv[1], 19200, timeout=2)
port.write(b"ATZE0V1Q0S0=0H0\\r")
port.read_until(b"OK\\r\\n")
port.write(b"ATI0\\r")
sys.exit(7 if port.read_until(b"OK\\r\\n").startswith(b"AT") else 0)
"""

ATTACHES = r"""
title: The modem reports how it attaches before it says OK
modem: {profile: none}
isp:
  dialogue:
    - label: command
    - prompt: ""
      choices:
        "AT+CGATT=1":
          - pause: 500ms
          - send: "\n+CGREG: 2\n"
          - pause: 3s
          - send: "\n+CGREG: 1,\"0166\",\"1808\"\n"
          - pause: 500ms
          - send: "\nOK\n"
          - go to: command
        /ATD\*99.*/: [{send: "CONNECT\n"}, {mark: connected}, {go to: online}]
      otherwise: [{send: "OK\n"}, {go to: command}]
    - label: online
    - silence
expect: [{reached: connected}, {client exit status: 0}]
"""
CONNECTS = 'TIMEOUT 30\n"" AT\nOK AT+CGDCONT=1,"IP","apn.example"\nOK AT+CGATT=1\nOK ATD*99***1#\nCONNECT \\c\n'
HANGS_UP = 'chat -f {script} && chat -t 5 "" "\\\\K\\\\K\\\\K\\\\d+++ATH" OK ""'


async def played(scenario: str, command: list[str]) -> Verdict:
    needs_library()
    with Station(loads(scenario), clock=choose_clock("virtual", command)) as station:
        return await run_client(station, command)


def status(verdict: Verdict) -> int | None:
    assert verdict.client is not None
    return verdict.client.exit_status


@pytest.mark.runner("chat")
@pytest.mark.parametrize(("scenario", "ends_with", "at_least"), [(WITH_PROTOCOL, 0, 9.0), (RATE_ONLY, 3, 30.0)])
async def test_a_script_that_waits_for_the_error_control_needs_a_modem_that_says_it(
    scenario: str, ends_with: int, at_least: float, tmp_path: Path
) -> None:
    (tmp_path / "dial.chat").write_text(WAITS_FOR_ARQ)
    verdict = await played(scenario, ["chat", "-f", str(tmp_path / "dial.chat")])
    assert status(verdict) == ends_with
    assert verdict.at >= at_least


@pytest.mark.parametrize(("scenario", "ends_with"), [(FORGETS_THE_REST, 7), (OBEDIENT, 0)])
async def test_a_client_that_switches_the_echo_off_behind_z_fails_where_a_modem_forgets_the_rest(
    scenario: str, ends_with: int
) -> None:
    verdict = await played(scenario, [sys.executable, "-c", RESETS_AND_ASKS, "{port}"])
    assert status(verdict) == ends_with
    assert verdict.kind is (VerdictKind.FAILED if ends_with else VerdictKind.RELEASED)


@pytest.mark.runner("chat")
async def test_reports_before_the_ok_do_not_confuse_a_script_but_its_hang_up_gets_no_ok(tmp_path: Path) -> None:
    (tmp_path / "connect.chat").write_text(CONNECTS)
    verdict = await played(ATTACHES, ["sh", "-c", HANGS_UP.replace("{script}", str(tmp_path / "connect.chat"))])
    assert verdict.kind is VerdictKind.FAILED
    assert [result.held for result in verdict.expectations] == [True, False]
    assert status(verdict) == 3
