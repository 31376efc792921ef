"""Scenarios found, read and checked."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from simisp.errors import ScenarioError
from simisp.scenario import load as load_module
from simisp.scenario.load import bundled, bundled_folder, find, load, loads

TEXT = "title: Mine\nisp: {dialogue: [silence]}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["hang", "hang.yaml"])
@pytest.mark.usefixtures("folder")
def test_a_bundled_scenario_is_found_by_its_name(name: str) -> None:
    assert find(name) == bundled_folder() / "hang.yaml"
    assert load(name).name == "hang"


@pytest.mark.parametrize("name", ["hang.yaml", "hang", "hang.yml"])
def test_a_file_wins_over_the_bundled_scenario_of_its_name(folder: Path, name: str) -> None:
    (folder / ("hang.yml" if name == "hang.yml" else "hang.yaml")).write_text(TEXT)
    assert load(name).model.title == "Mine"


def test_a_folder_of_a_scenarios_name_does_not_hide_it(folder: Path) -> None:
    (folder / "hang").mkdir()
    assert load("hang").model.title.startswith("The ISP stops")


def test_a_path_is_only_looked_for_where_it_says(folder: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load(folder / "hang.yaml")
    with pytest.raises(ScenarioError, match="no such file"):
        find("./login")


@pytest.mark.usefixtures("folder")
def test_a_name_that_is_not_there_is_told_with_the_nearest_bundled_one() -> None:
    with pytest.raises(ScenarioError, match="did you mean the bundled 'login'"):
        load("logn.yaml")
    with pytest.raises(ScenarioError, match="`simisp list` shows"):
        load("zzz")


def test_a_folder_is_no_scenario(folder: Path) -> None:
    (folder / "zzz").mkdir()
    with pytest.raises(ScenarioError, match="a folder, not a scenario"):
        load("zzz")


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", ""])
@pytest.mark.usefixtures("folder")
def test_a_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(ScenarioError):
        load(name)


def test_a_file_that_may_not_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mine.yaml").write_text(TEXT)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError, match=r"^mine.yaml: error: permission denied"):
        load("mine.yaml")


def test_a_scenario_can_come_through_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_text, args=(TEXT,))
    writer.start()
    assert load("pipe").model.title == "Mine"
    writer.join()


def test_the_bundled_scenarios_are_those_beside_the_package_or_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bundled_folder().name == "scenarios"
    package = tmp_path / "simisp"
    (package / "bundled_scenarios").mkdir(parents=True)
    (package / "bundled_scenarios" / "one.yaml").write_text(TEXT)
    monkeypatch.setattr(load_module, "__file__", str(package / "scenario" / "load.py"))
    assert [path.name for path in bundled()] == ["one.yaml"]


def test_another_seed_changes_nothing_else() -> None:
    loaded = loads(TEXT)
    assert loaded.with_seed(7).model.seed == 7
    assert loaded.model.seed == 0
    assert loaded.with_seed(7).programs == loaded.programs


def test_without_calls_the_only_dialogue_is_that_of_every_call() -> None:
    assert loads("title: x\nisp: {dialogues: {a: [silence]}}").calls == ("a",)
    assert loads("title: x").calls == ()


def test_a_name_that_is_nowhere_says_where_it_was_looked_for(folder: Path) -> None:
    (folder / "beside").mkdir()
    with pytest.raises(ScenarioError) as caught:
        find("hnag", beside=folder / "beside")
    assert (
        f"no such file: hnag, hnag.yaml or hnag.yml in {folder / 'beside'} or {folder}, "
        "and no bundled scenario of that name" in str(caught.value)
    )
    with pytest.raises(ScenarioError, match=f"no such file: deep/hnag.yaml in {folder}"):
        find("deep/hnag.yaml")
    with pytest.raises(ScenarioError, match=r"no such file: /none/hnag\.yaml"):
        find("/none/hnag.yaml")


def test_a_folder_looked_into_first_wins_over_the_current_one_and_the_bundled(folder: Path) -> None:
    (folder / "beside").mkdir()
    (folder / "hang.yaml").write_text(TEXT)
    (folder / "beside" / "hang.yaml").write_text(TEXT.replace("Mine", "Nearer"))
    for name in ("hang", "hang.yaml"):
        assert load(name, beside=folder / "beside").model.title == "Nearer"
        assert load(name).model.title == "Mine"
