"""The scripts that the tests sweep, and how."""

from __future__ import annotations

from functools import lru_cache

from simisp.scenario.load import bundled_folder, load
from simisp.sweep.result import SweepResult
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, run_sweep

SCRIPTS = bundled_folder() / "scripts"

CAREFUL = """
proc main
  waitfor "ervice?" until 30
  if !$SUCCESS then
    goto Failed
  endif
  waitfor "sername:" then Failed, "assword:" then Failed, "incorrect" then Failed until 2
  transmit "p^M"
  waitfor "sername:" until 30
  if !$SUCCESS then
    goto Failed
  endif
  waitfor "ervice?" then Failed, "assword:" then Failed, "incorrect" then Failed, "as you were" then Failed until 2
  transmit $USERID, raw
  transmit "^M"
  waitfor "assword:" until 30
  if !$SUCCESS then
    goto Failed
  endif
  waitfor "ervice?" then Failed, "sername:" then Failed, "incorrect" then Failed, "as you were" then Failed until 2
  transmit $PASSWORD, raw
  transmit "^M"
  waitfor "PPP mode" then Done, "incorrect" then Failed until 30
Failed:
  halt
Done:
endproc
"""
"""A script that tests each wait, looks for a while at what comes behind each prompt, and waits for success."""

UNTESTED = """
proc main
  waitfor "ervice?" until 90
  transmit "p^M"
  waitfor "sername:" until 60
  transmit $USERID, raw
  transmit "^M"
  waitfor "assword:" until 60
  transmit $PASSWORD, raw
  transmit "^M"
endproc
"""
"""The repaired script without its tests of success."""


@lru_cache
def bundled_script(name: str) -> ScpClient:
    """Return a script that comes with simisp."""
    return ScpClient((SCRIPTS / name).read_bytes(), str(SCRIPTS / name))


@lru_cache
def script(text: str) -> ScpClient:
    """Return a script as a client."""
    return ScpClient(text.encode(), "own.scp")


_SWEPT: dict[tuple[bytes, str], SweepResult] = {}


def swept(client: ScpClient, plan: str) -> SweepResult:
    """Return what a plan finds with the log-in that works. The same sweep is played once for all tests."""
    key = client.text, plan
    if key not in _SWEPT:
        _SWEPT[key] = run_sweep(Sweep(load("login"), client, plan))
    return _SWEPT[key]


def shown(result: SweepResult) -> list[tuple[str, str]]:
    """Return the kind of each group, and the statement."""
    return [(group.kind.value, group.stand.text if group.stand else "") for group in result.groups]
