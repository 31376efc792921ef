"""A client with one planted fault of each class, and what the sweep calls it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simisp.runner.hang import WhoWaits
from simisp.runner.run_options import RunOptions
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import load
from simisp.sweep.case import Case, YamlValue
from simisp.sweep.findings import FindingClass, judge
from simisp.sweep.outcome import CaseOutcome, SecretSent, Stand
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, run_sweep
from sweep.scripts import CAREFUL, SCRIPTS, UNTESTED, script, shown, swept

_WAITS_AN_HOUR = CAREFUL.replace('waitfor "assword:" until 30', 'waitfor "assword:" until 3600')
_DIVIDES = CAREFUL.replace("proc main\n", "proc main\n  integer n = 0\n").replace("  halt\n", "  n = 1 / n\n")
_SPINS = CAREFUL.replace("  halt\n", "  while TRUE do\n  endwhile\n")
_REPAIRED = (SCRIPTS / "repaired.scp").read_text()
_TRIES_AGAIN = """
proc main
  integer left = 60
Again:
  left = left - 1
  if left == 0 then
    goto Done
  endif
  waitfor "sername:" then User, "assword:" then Word, "PPP mode" then Done until 5
  transmit "p^M"
  goto Again
User:
  transmit $USERID + "^M"
  goto Again
Word:
  transmit $PASSWORD + "^M"
  goto Again
Done:
endproc
"""


@pytest.mark.parametrize(
    ("text", "kind", "statement"),
    [
        (CAREFUL.replace('"assword:" until 30', '"assword:"'), "hang, proven", 'waitfor "assword:"'),
        (_WAITS_AN_HOUR, "hang", 'waitfor "assword:" until 3600'),
        (_DIVIDES, "crash", "n = 1 / n"),
        (UNTESTED, "secret astray", "transmit $PASSWORD, raw"),
        (_REPAIRED, "wrong success", 'waitfor "assword:" until 60'),
    ],
    ids=["hang forever", "hang until", "crash", "secret astray", "wrong success"],
)
def test_a_planted_fault_is_found_where_it_is(text: str, kind: str, statement: str) -> None:
    assert (kind, statement) in shown(swept(script(text), "stalls"))


def test_a_script_that_logs_in_again_and_again_is_a_retry_storm() -> None:
    refused: list[YamlValue] = [{"prompt": "Username:"}, {"prompt": "Password:"}, {"send": "Login incorrect\n"}]
    dialogue: list[YamlValue] = [{"prompt": "Service?", "expect": "p"}, {"repeat": {"times": "30", "steps": refused}}]
    player = ScpClient(_TRIES_AGAIN.encode(), "again.scp").player(load("login"))
    outcome = player.play(Case("every log-in refused", "", "", overlay={"isp": {"dialogue": dialogue}, "expect": []}))
    assert FindingClass.RETRY_STORM in {finding.kind for finding in judge(player.undisturbed().outcome, outcome)}


def test_a_script_that_runs_on_without_a_wait_is_spinning() -> None:
    player = ScpClient(_SPINS.encode(), "spins.scp").player(load("login"))
    silence = {"line": {"faults": [{"fault": "silence"}]}}
    outcome = player.play(Case("silence", "", "", overlay=silence))
    found = [(finding.kind, finding.stand and finding.stand.text) for finding in judge(outcome, outcome)]
    assert found == [(FindingClass.SPINNING, "while TRUE do")]
    assert (outcome.verdict, outcome.proven) == (VerdictKind.HANG, False)


def test_a_hang_that_ends_says_when() -> None:
    result = run_sweep(Sweep(load("login"), script(_WAITS_AN_HOUR), "stalls"))
    assert [group.detail for group in result.groups] == ["the client holds the port at 600 s, and lets it go at 3605 s"]


def test_a_client_that_its_dialler_ends_hangs_no_more() -> None:
    patient = ScpClient(CAREFUL.replace(" until 30", "").encode(), "own.scp", options=RunOptions(give_up=90.0))
    assert shown(run_sweep(Sweep(load("login"), patient, "stalls"))) == []


GOOD = CaseOutcome(VerdictKind.RELEASED, "the port came free", 1.0, exit_status=0, reached=("mark logged in",))
STAND = Stand("read(3)", "", 0, 0)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"held_by": ("pppd (12)",), "verdict": VerdictKind.HANG}, FindingClass.PORT_HELD),
        ({"orphans": ("sleep (13)",)}, FindingClass.ORPHAN),
        ({"locks": ("/var/lock/LCK..ttyS0",)}, FindingClass.STALE_LOCK),
        ({"crashed": "SIGSEGV ended it"}, FindingClass.CRASH),
        ({"verdict": VerdictKind.HANG, "waits": WhoWaits.FOR_THE_ISP.value, "proven": True}, FindingClass.HANG_PROVEN),
        ({"reached": ()}, FindingClass.WRONG_SUCCESS),
        ({"dialled": 12}, FindingClass.RETRY_STORM),
        ({"spinning": STAND}, FindingClass.SPINNING),
        ({"secrets": (SecretSent(1.0, "Username:", False),)}, FindingClass.SECRET_ASTRAY),
    ],
    ids=lambda value: value.value if isinstance(value, FindingClass) else "",
)
def test_each_class_of_finding_is_told_from_an_outcome(changed: dict[str, object], kind: FindingClass) -> None:
    outcome = replace(GOOD, stand=STAND, **changed)  # type: ignore[arg-type]
    assert kind in {finding.kind for finding in judge(GOOD, outcome)}
    assert judge(GOOD, GOOD) == ()


def test_a_client_that_says_that_it_failed_is_no_finding() -> None:
    assert judge(GOOD, replace(GOOD, exit_status=3, reached=(), verdict=VerdictKind.FAILED)) == ()
