"""A public report: a lock file of a dead process and another user is in a folder from which users may not remove it.

- lowRISC/opentitan, issue 21360: "Line in use", though nobody has the port.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import loads
from support.private_namespace import in_private_namespace, needs_private_namespace

pytestmark = pytest.mark.runner("cu", "picocom", "expect", "setpriv")

SCENARIO = """
title: A lock file of a dead process and another user lies in a sticky folder
port: {lock: stale}
isp: {dialogue: [prompt: "login:", silence]}
expect: [no lock file left]
"""
CLIENT = r"""
port=$(readlink -f "$1")
chmod 666 "$port"
case $2 in
cu) user="cu -l $port -s 57600 dir" ;;
picocom) user="picocom -b 57600 $port" ;;
esac
exec expect -c '
set timeout 60
spawn -noecho setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp TERM=vt100 '"$user"'
expect {
    "Terminal ready" {}
    eof { exit 4 }
    timeout { exit 6 }
}
send "ATDT5550142\r"
expect {
    -ex login: { exit 0 }
    eof { exit 4 }
    timeout { exit 5 }
}'
"""


def dial(program: str, locks: Path, scratch: Path) -> Verdict:
    needs_private_namespace()
    locks.chmod(0o1777)
    script = scratch / "client.sh"
    script.write_text(CLIENT)
    command = in_private_namespace(["sh", str(script), "{port}", program], locks=locks, scratch=scratch)

    async def run() -> Verdict:
        with Station(loads(SCENARIO)) as station:
            return await run_client(station, command, RunOptions(lock_directories=[locks]))

    return asyncio.run(run())


def test_a_stale_lock_that_it_may_not_remove_keeps_cu_from_a_port_that_nobody_has(
    lock_directory: Path, tmp_path: Path
) -> None:
    verdict = dial("cu", lock_directory, tmp_path)
    assert verdict.client is not None
    assert verdict.client.exit_status == 4
    said = verdict.describe()
    assert "the port had a lock file: " in said
    assert "(stale: its process " in said
    assert [result.held for result in verdict.expectations] == [True], "the lock is the scenario's own"
    assert list(lock_directory.iterdir()) == []


def test_picocom_does_not_look_at_lock_files(lock_directory: Path, tmp_path: Path) -> None:
    verdict = dial("picocom", lock_directory, tmp_path)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()
