"""`simisp dial` with a script that sets seven bits and even parity, on a pseudo-terminal, which has neither."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.framing import Framing
from simisp.scenario.load import bundled_folder
from simisp.transcript import Source, read
from support.shared_library import needs_library

SIMISP = [sys.executable, "-m", "simisp"]
PPP = Framing.parse("7E1").encode(b"Entering PPP mode")
SCENARIO = """
title: A log-in in seven bits and even parity, and the ISP hangs up two seconds later
isp:
  framing: 7E1
  accounts: {alice: wonderland}
  dialogue:
    - prompt: "Service?"
      expect: p
    - authenticate: {user: "Username:", password: "Password:", attempts: 3}
    - send: "Entering PPP mode\\n"
    - mark: logged in
    - pause: 2s
    - hang up
expect: [{reached: logged in}, {calls: 1}, no lock file left]
"""


@pytest.mark.parametrize("clock", ["real", "virtual"])
def test_a_script_that_dial_runs_logs_in_with_seven_bits_and_even_parity(
    clock: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if clock == "virtual":
        needs_library()
    monkeypatch.setenv("SIMISP_PASSWORD", "wonderland")
    (tmp_path / "seven-bit.yaml").write_text(SCENARIO)
    (tmp_path / "seven-bit.scp").write_bytes((bundled_folder() / "scripts" / "seven-bit.scp").read_bytes())
    (tmp_path / "book.yaml").write_text(
        "Host: {number: '5551234', port: none, script: seven-bit.scp, user: alice, patience: 4m}\n"
    )
    (tmp_path / "locks").mkdir()
    run = [*SIMISP, "run", "seven-bit.yaml", "--quiet", "--json", "--clock", clock, "--transcript", "transcript"]
    dial = [*SIMISP, "dial", "Host", "--phonebook", "book.yaml", "--lock-dir", "locks", "--port", "{port}"]
    done = subprocess.run(
        [*run, "--", *dial], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["clock"]["used"] == clock
    # The host closed the connection that was made: error 629, and no other.
    assert verdict["client"]["exit_status"] == 1
    assert "[629] The far end closed the connection." in done.stderr
    assert "script ended" in done.stderr
    assert "Traceback" not in done.stderr
    with (tmp_path / "transcript").open(encoding="utf-8") as lines:
        records = read(lines).records
    assert PPP in b"".join(record.data for record in records if record.source is Source.ISP)
