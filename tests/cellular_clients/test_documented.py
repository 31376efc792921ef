"""What docs/cellular.md and its how-to show is what happens: the tests pass, and daemons come as far as they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.modem_daemons import Ofono
from support.private_namespace import needs_private_namespace
from support.started_processes import Processes

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "cellular.md").read_text()
TESTS = "".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
HOW_TO = (ROOT / "docs" / "how-to" / "modem-manager-and-ofono.md").read_text()
COMMANDS = re.findall(r"^simisp run .*", HOW_TO, re.MULTILINE)


def test_the_documented_tests_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error").assert_outcomes(passed=2)


def output_of(command: str, folder: Path, processes: Processes) -> tuple[int, str]:
    shutil.copytree(ROOT / "docs" / "examples", folder, dirs_exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    kinds = {"cwd": folder, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    run = processes.start(["sh", "-c", command], **kinds)
    output, _ = run.communicate(timeout=120)
    return run.returncode, output


@pytest.mark.runner("ModemManager", "mmcli", "dbus-run-session", "gdbus")
def test_the_documented_modem_manager_connects(tmp_path: Path, processes: Processes) -> None:
    status, output = output_of(COMMANDS[0].replace("abstract:modem", f"abstract:{tmp_path}"), tmp_path, processes)
    assert status == 0, output
    assert re.search(r"^modem.generic.state *: connected$", output, re.MULTILINE), output


@pytest.mark.runner("ofonod", "unshare", "dbus-run-session", "gdbus")
def test_the_documented_ofono_goes_on_line(tmp_path: Path, processes: Processes) -> None:
    needs_private_namespace()
    kept = tmp_path / "kept"
    kept.mkdir()
    private = f"mount --bind '{kept}' {Ofono.FILES} && {COMMANDS[1]}"
    command = f'exec unshare --mount --propagation private sh -c "{private}"'
    status, output = output_of(command, tmp_path, processes)
    assert status == 0, output
    assert "'Online': <true>" in output
