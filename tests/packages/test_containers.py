"""The images, the compose file, and what CI services include: linted, and their steps played where they can be."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from simisp.cli.run import run
from simisp.endpoints.spec import parse_endpoint
from simisp.testing import Line

ROOT = Path(__file__).resolve().parents[2]
DOCKER, CI = ROOT / "docker", ROOT / "ci"
DOCKERFILES = [DOCKER / "Dockerfile", DOCKER / "client" / "Dockerfile"]
LAST_RUN = ("USER", "WORKDIR", "VOLUME", "ENTRYPOINT", "CMD")


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile, each with what follows it on its own and on continued lines."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], " ".join(line.split()[1:])) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_an_image_has_a_named_base_no_rights_and_no_package_lists(path: Path) -> None:
    found = instructions(path)
    for name, rest in found:
        if name == "FROM":
            assert re.fullmatch(r"[a-z]+:[\w.-]+( AS \w+)?", rest)
            assert ":latest" not in rest
        if name == "RUN" and "apt-get install" in rest:
            assert "--no-install-recommends" in rest
            assert rest.endswith("rm -rf /var/lib/apt/lists/*") or "rm -rf /var/lib/apt/lists/* &&" in rest
            assert rest.startswith("apt-get update &&")
        assert name != "ADD"
        assert "pip install" not in rest or "--no-cache-dir" in rest
    names = [name for name, _ in found]
    after_user = names[names.index("USER") :]
    assert dict(found)["USER"].isdecimal()  # an orchestrator that refuses root can tell
    assert set(after_user) <= set(LAST_RUN)
    assert dict(found)["ENTRYPOINT"].startswith('["')


@pytest.mark.runner("hadolint")
def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program is not None
    found = subprocess.run([program, "--no-color", *DOCKERFILES], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_all_that_the_wheel_is_built_from_gets_into_the_image_and_little_else() -> None:
    rules = (DOCKER / "Dockerfile.dockerignore").read_text().split()
    assert rules[0] == "*"
    let_in = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    for name in let_in:
        assert (ROOT / name).exists()
    for needed in ("simisp/__main__.py", "scenarios/login.yaml", "docs/man/simisp.1", "hatch_build.py", "README.md"):
        assert any(fnmatch(needed, f"{name}*") for name in let_in)


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return found


def test_each_client_of_the_compose_file_dials_where_a_simisp_listens() -> None:
    services = compose()["services"]
    listening: dict[str, str] = {}
    for name, service in services.items():
        if isinstance(service["build"], dict):
            assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).samefile(DOCKERFILES[0])
            command, *rest = service["command"]
            assert command == "run"
            context = run.make_context("run", rest)
            (spec,) = context.params["endpoints"]
            listening[name] = f"TCP:{name}:{spec.port}" if spec.kind == "tcp" else f"UNIX-CONNECT:{spec.name}"
    for service in services.values():
        if service["build"] == "client":
            (provider,) = service["depends_on"]
            assert service["command"] == [listening[provider]]
            assert service.get("volumes") == services[provider].get("volumes")
    assert parse_endpoint("tcp:0.0.0.0:4001").warning


@pytest.mark.runner("chat")
@pytest.mark.runner("socat")
@pytest.mark.parametrize("endpoint", ["tcp", "unix"])
def test_the_client_of_the_image_logs_in(endpoint: str) -> None:
    with Line("login", endpoint=endpoint) as line:
        address = line.url.replace("socket://", "TCP:").replace("unix:", "UNIX-CONNECT:")
        done = subprocess.run(
            ["sh", str(DOCKER / "client" / "log-in"), address], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        line.assert_released(within=60)
        assert line.calls == 1


def test_the_script_without_an_engine_and_the_clients_are_right_for_the_shell() -> None:
    for script in (DOCKER / "without-an-engine", DOCKER / "client" / "log-in"):
        subprocess.run(["sh", "-n", str(script)], check=True)
        assert os.access(script, os.X_OK)


def test_the_github_action_uses_only_inputs_that_it_declares_and_plays_a_scenario(tmp_path: Path) -> None:
    action = yaml.safe_load((CI / "action.yml").read_text())
    steps = action["runs"]["steps"]
    used = set(re.findall(r"inputs\.(\w+)", (CI / "action.yml").read_text()))
    assert used == set(action["inputs"])
    assert all("${{" not in step["run"] for step in steps)  # an input is no shell code
    programs = tmp_path / "simisp" / "bin"
    programs.mkdir(parents=True)
    (programs / "simisp").write_text(f'#!/bin/sh\nexec {sys.executable} -m simisp "$@"\n')
    (programs / "simisp").chmod(0o755)
    dialler = "exec 3<>{port}; stty raw -echo <&3; printf 'ATDT1\\r' >&3; head -c 8 <&3"
    (tmp_path / "call.yaml").write_text("title: one call\nisp: {dialogue: [hang up]}\n")
    environment = {
        **os.environ, "RUNNER_TEMP": str(tmp_path), "SCENARIOS": "call.yaml", "SCENARIO": "call.yaml",
        "COMMAND": f"{dialler}; sleep 2", "CLOCK": "auto",
    }  # fmt: skip
    for step in steps[1:]:
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "simisp.jsonl").stat().st_size


def test_the_gitlab_job_can_be_extended() -> None:
    jobs = yaml.safe_load((CI / "gitlab.yml").read_text())
    assert jobs["simisp"]["extends"] == ".simisp"
    assert ".simisp" in jobs
