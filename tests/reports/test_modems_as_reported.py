"""Public reports about modems unlike ours, each played by a modem that a scenario describes.

- computing.net, Linux, thread 24493: a script waits for ARQ, which stands in CONNECT 49333/ARQ.
- HylaFAX's questions and answers, 168: what stands behind Z on a command line may be lost.
- mgetty's manual, "Common problems"; Xinyuan-LilyGO/LilyGo-T-Call-SIM800, issue 254: after ATZ or AT+IPR a modem is at
  another rate than the port, and reads garbage.
- home-assistant/core, issues 108786 and 57765: the caller's number comes before the first ring, and is lost.
- faucamp/python-gsmmodem, issue 97; babca/python-gsmmodem, issue 47: a notification stands in an answer, and the true
  result comes behind OK.
- zabsalahid/serialport-gsm, issue 98: a modem that never echoes; an answer is awaited behind the echo.
- go4retro/tcpser, issue 31: the numeric result codes are another maker's.
- radekp/qtmoko, issue 142: +CGREG between AT+CGATT=1 and its OK; then +++ATH without a pause.

The clients are ours; each does what the reported one does, and where it helps there is one beside it that is right.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import loads
from support.shared_library import needs_library

SILENT = "isp: {dialogue: [silence]}\n"
PORT = """
import sys, serial

port = serial.Serial(sys.argv[1], 115200, timeout=2)

def ask(command, end=b"OK\\r\\n"):
    port.write(command + b"\\r")
    return port.read_until(end)
"""


async def status(scenario: str, command: list[str]) -> int | None:
    needs_library()
    with Station(loads(scenario), clock=choose_clock("virtual", command)) as station:
        verdict: Verdict = await run_client(station, command)
    assert verdict.client is not None
    return verdict.client.exit_status


async def status_of(scenario: str, program: str) -> int | None:
    return await status(scenario, [sys.executable, "-c", PORT + program, "{port}"])


@pytest.mark.runner("chat")
async def test_a_script_that_waits_for_the_error_control_meets_it_in_connect(tmp_path: Path) -> None:
    scenario = 'title: x\nmodem: {connect: 44000/ARQ/V90/LAPM}\nisp: {dialogue: [{prompt: "login:"}, silence]}\n'
    (tmp_path / "dial.chat").write_text('TIMEOUT 30\n"" ATZ\nOK ATDT0,,5550142\nARQ ""\nogin: \\c\n')
    assert await status(scenario, ["chat", "-f", str(tmp_path / "dial.chat")]) == 0


RESETS = """
ask(b"ATZE0V1Q0S0=0H0")
sys.exit(7 if ask(b"ATI0").startswith(b"AT") else 0)
"""


@pytest.mark.parametrize(("after_z", "ends_with"), [("dropped", 7), ("done", 0)])
async def test_a_client_that_switches_the_echo_off_behind_z_fails_where_the_rest_is_dropped(
    after_z: str, ends_with: int
) -> None:
    scenario = f"title: x\nmodem: {{conduct: {{after z: {after_z}}}}}\n{SILENT}"
    assert await status_of(scenario, RESETS) == ends_with


STAYS = """
first, second = ask({first!r}), ask(b"AT")
if second.endswith(b"OK\\r\\n"):
    sys.exit(0)
port.baudrate = {rate}
sys.exit(5 if ask(b"AT").endswith(b"OK\\r\\n") else 6)
"""


@pytest.mark.parametrize(
    ("modem", "first", "rate"),
    [("{}", b"AT+IPR=19200", 19200), ("{rate: {stored: 9600, after: ATZ}}", b"ATZ", 9600)],
)
async def test_a_client_that_stays_at_its_own_rate_is_not_understood_any_more(
    modem: str, first: bytes, rate: int
) -> None:
    assert await status_of(f"title: x\nmodem: {modem}\n{SILENT}", STAYS.format(first=first, rate=rate)) == 5


WAITS_FOR_CALLS = """
ask(b"ATE0")
ask(b"AT+VCID=1")
port.timeout = 90
numbers, number, rung = [], "", 0
while len(numbers) < 2:
    line = port.readline().decode().strip()
    if not line and not port.in_waiting and rung is None:
        break
    if line.startswith("NMBR") and ({keeps_early} or rung):
        number = line.partition("= ")[2]
    if line == "RING":
        rung += 1
        if rung == 3:
            numbers.append(number)
            number, rung = "", 0
sys.exit(0 if all(numbers) else 6)
"""


@pytest.mark.parametrize(
    ("sent", "keeps_early", "ends_with"), [("before", False, 6), ("before", True, 0), ("after", False, 0)]
)
async def test_a_client_that_listens_for_the_caller_only_once_it_rings_loses_an_early_number(
    sent: str, keeps_early: bool, ends_with: int
) -> None:
    call = "rings: 3, every: 6s, caller: {date: '0314', time: '0915', number: '5550177'}"
    calls = "\n".join(f"    - {{at: {at}s, {call}, caller sent: {sent} the first ring}}" for at in (5, 45))
    scenario = f"title: x\nexchange:\n  calls in:\n{calls}\n{SILENT}"
    assert await status_of(scenario, WAITS_FOR_CALLS.format(keeps_early=keeps_early)) == ends_with


NOTIFIED = (
    r"""
title: A notification stands before OK, and the true answer comes later
modem:
  profile: gsm
  unsolicited:
    - {send: "+CREG: 1,5C9,39E5", before answer to: "+CUSD"}
  commands:
    "/\\+CUSD=.*/": [OK, {after: 2s, send: "+CME ERROR: 258"}]
"""
    + SILENT
)
ASKS_THE_NETWORK = """
import re
ask(b"ATE0")
lines = ask(b'AT+CUSD=1,"*100#",15').decode().split()
first = next(line for line in lines if line.startswith("+"))
if {by_place}:
    re.match(r"\\+CUSD: (\\d)", first)[1]
port.timeout = 15
sys.exit(0 if b"+CME ERROR" in port.read_until(b"258\\r\\n") else 5)
"""


@pytest.mark.parametrize(("by_place", "ends_with"), [(True, 1), (False, 0)])
async def test_a_client_that_takes_the_first_line_for_the_answer_dies_of_a_notification(
    by_place: bool, ends_with: int
) -> None:
    assert await status_of(NOTIFIED, ASKS_THE_NETWORK.format(by_place=by_place)) == ends_with


AWAITS_ECHO = """
port.write(b"ATE1\\r")
port.read_until(b"OK\\r\\n")
port.timeout = 20
answer = ask(b"AT+GMM")
sys.exit(5 if {needs_echo} and b"AT+GMM" not in answer else 0)
"""


@pytest.mark.parametrize(("needs_echo", "ends_with"), [(True, 5), (False, 0)])
async def test_a_client_that_awaits_the_echo_gets_nowhere_with_a_modem_that_has_none(
    needs_echo: bool, ends_with: int
) -> None:
    scenario = f"title: x\nmodem: {{profile: gsm, conduct: {{echo: never}}}}\n{SILENT}"
    assert await status_of(scenario, AWAITS_ECHO.format(needs_echo=needs_echo)) == ends_with


KNOWS_NUMBERS = """
port.timeout = 30
for attempt in range(4):
    ask(b"ATE0V0X4", b"0\\r")
    if ask(b"ATDT5550142", b"\\r").strip() == b"13":
        sys.exit(0)
    port.dtr = False
    port.dtr = True
    port.reset_input_buffer()
sys.exit(6)
"""


@pytest.mark.parametrize(("codes", "ends_with"), [("{}", 6), ("{CONNECT 14400: 13, NO ANSWER: 8, BUSY: 7}", 0)])
async def test_a_board_that_knows_one_makers_numbers_needs_a_modem_of_that_maker(codes: str, ends_with: int) -> None:
    scenario = f"title: x\nmodem: {{connect: 14400, result codes: {codes}}}\n{SILENT}"
    assert await status_of(scenario, KNOWS_NUMBERS) == ends_with


ATTACHES = (
    r"""
title: The modem attaches for four seconds, and reports how it gets on, before it says OK
modem:
  profile: gsm
  commands:
    "/\\+CGDCONT=.*/": OK
    "+CGATT=1": {after: 4s, answer: OK}
  unsolicited:
    - {send: "+CGREG: 2", after command: "+CGATT=1", delay: 500ms}
    - {send: "+CGREG: 1,\"0166\",\"1808\"", after command: "+CGATT=1", delay: 3500ms}
"""
    + SILENT
)
CONNECTS = 'TIMEOUT 30\n"" AT\nOK AT+CGDCONT=1,"IP","apn.example"\nOK AT+CGATT=1\nOK ATD*99***1#\nCONNECT \\c\n'
HANGS_UP = 'chat -f {script} && chat -t 5 "" "\\\\K\\\\K\\\\K\\\\d+++ATH" OK ""'


@pytest.mark.runner("chat")
@pytest.mark.parametrize(("then", "ends_with"), [("", 0), (HANGS_UP, 3)])
async def test_a_script_attaches_through_the_reports_but_its_hang_up_without_a_pause_is_data(
    then: str, ends_with: int, tmp_path: Path
) -> None:
    script = tmp_path / "connect.chat"
    script.write_text(CONNECTS)
    command = ["sh", "-c", then.replace("{script}", str(script))] if then else ["chat", "-f", str(script)]
    assert await status(ATTACHES, command) == ends_with
