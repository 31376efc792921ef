"""`simisp` alone says what to do next; `simisp init` writes a first scenario and a first test."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from simisp.cli import main
from simisp.scenario.load import load
from support.patience import patiences

pytest_plugins = ["pytester"]


def simisp(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="simisp")


def test_simisp_alone_says_the_three_things_to_do_next() -> None:
    result = simisp()
    assert result.exit_code == 0
    named = [line.split()[1] for line in result.output.splitlines() if line.startswith("  simisp ")]
    assert named == ["demo", "init", "run"]
    for name in named:
        assert simisp(name, "--help").exit_code == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    result = simisp("init", str(tmp_path / "new" / "tests"))
    assert result.exit_code == 0, result.output
    return tmp_path / "new" / "tests"


def test_the_first_scenario_is_right_and_its_first_line_names_the_schema_beside_it(project: Path) -> None:
    assert load(project / "login.yaml").model.title == "A log-in that works"
    text = (project / "login.yaml").read_text()
    named = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    schema = json.loads((project / named).read_text())
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(text))


def test_the_first_test_passes_and_with_a_silent_isp_it_fails(project: Path, pytester: pytest.Pytester) -> None:
    def outcome(name: str) -> str:
        options = ("-p", "no:cacheprovider", "-p", "no:asyncio", "--override-ini=addopts=")
        return pytester.runpytest_inprocess(*options, str(project / name)).stdout.str()

    assert "1 passed" in outcome("test_login.py")
    silent = (project / "login.yaml").read_text().replace("    - authenticate:", "    - silence\n    - authenticate:")
    (project / "login.yaml").write_text(silent)
    test = (project / "test_login.py").read_text()
    for patience in patiences(0.5):
        (project / "test_login.py").write_text(test.replace("timeout=20", f"timeout={patience}"))
        said = outcome("test_login.py")
        if "no b'Username:' after" in said:  # on a busy machine what comes before it may be late too
            break
    assert "no b'Username:' after" in said


def test_no_file_is_overwritten_and_then_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "test_login.py").write_text("mine")
    result = simisp("init", str(tmp_path))
    assert result.exit_code == 2
    assert "it is there already, and nothing was written" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["test_login.py"]
    assert (tmp_path / "test_login.py").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_an_error_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = simisp("init", str(tmp_path / "file" / "inner"))
    assert result.exit_code == 2
    assert "can't be written" in result.output
