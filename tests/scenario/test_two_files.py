"""Mistakes in a scenario whose parts come from more than one file, each told in the file where it is."""

from __future__ import annotations

import json
import re

import pytest

from simisp.diagnostics import SourceText
from simisp.dialling.files.settings import validate
from simisp.errors import ScenarioError, SourceError
from simisp.report.findings import as_github, as_json
from simisp.scenario import reader
from simisp.scenario.document import Document, Mapping, Sequence
from simisp.scenario.load import checked, load
from simisp.scenario.model import IspSection

BASE = """\
title: The base
isp:
  accounts: {alice: wonderland}
  dialogue:
    - promt: "Username:"
    - go to: nowhere
"""
OWN = """\
title: My own
seed: many
expect:
  - reached: "Usernam:"
"""


def document(name: str, text: str) -> Document:
    found = reader.parse(SourceText(name, text))
    assert found.diagnostics == []
    return found


def joined(own: str, base: str, *, base_name: str = "base.yaml") -> Document:
    """Return a scenario with the section isp of another one."""
    whole, other = document("own.yaml", own), document(base_name, base)
    assert isinstance(whole.root, Mapping)
    assert isinstance(other.root, Mapping)
    whole.root.keys["isp"], whole.root.values["isp"] = other.root.keys["isp"], other.root.values["isp"]
    return whole


def told(whole: Document) -> list[tuple[str, int, int, str]]:
    with pytest.raises(ScenarioError) as caught:
        checked(whole)
    places = [(each.place.file, each.place.line, each.place.column, each.message) for each in caught.value.diagnostics]
    # What is shown is of the same files, and in the same order.
    shown = [line.split(": error: ") for line in str(caught.value).splitlines() if ": error: " in line]
    assert shown == [[f"{file}:{line}:{column}", message] for file, line, column, message in places]
    return places


@pytest.mark.parametrize("base_name", ["base.yaml", "a/first-in-the-alphabet.yaml", "zz.yaml"])
def test_each_mistake_is_told_in_its_file_the_scenarios_own_first(base_name: str) -> None:
    assert told(joined(OWN, BASE, base_name=base_name)) == [
        ("own.yaml", 2, 7, "expected a whole number"),
        ("own.yaml", 4, 14, "no mark, label or prompt 'Usernam:'"),
        (base_name, 5, 7, "unknown step 'promt'"),
        (base_name, 6, 14, "no label 'nowhere' in this dialogue"),
    ]


def test_the_line_that_is_shown_is_the_one_of_the_mistakes_own_file_without_its_passwords() -> None:
    wrong = BASE.replace("{alice: wonderland}", "{alice: [wonderland]}").replace("promt", "prompt")
    with pytest.raises(ScenarioError) as caught:
        checked(joined("title: My own\n", wrong))
    assert "base.yaml:3:21: error: expected a text\n    3 |   accounts: {alice: [**********]}\n" in str(caught.value)
    assert caught.value.source.name == "own.yaml"


def test_two_equal_mistakes_at_the_same_place_of_two_files_are_both_told() -> None:
    text = "title: x\nexpect:\n  - wrong: a\n"
    whole, other = document("own.yaml", text), document("b.yaml", text)
    expected, more = whole.node(("expect",)), other.node(("expect",))
    assert isinstance(expected, Sequence)
    assert isinstance(more, Sequence)
    expected.items += more.items
    unknown = "unknown expectation 'wrong'"
    assert told(whole) == [("own.yaml", 3, 5, unknown), ("b.yaml", 3, 5, unknown)]


def test_json_and_github_output_name_the_file_of_each_mistake() -> None:
    with pytest.raises(ScenarioError) as caught:
        checked(joined(OWN, BASE))
    found = [(caught.value.source, each) for each in caught.value.diagnostics]
    assert [(each["file"], each["line"]) for each in json.loads(as_json(found))] == [
        ("own.yaml", 2), ("own.yaml", 4), ("base.yaml", 5), ("base.yaml", 6),
    ]  # fmt: skip
    assert [re.findall("file=(.*?),", as_github(*each)) for each in found] == [["own.yaml"]] * 2 + [["base.yaml"]] * 2


def test_what_is_missing_is_told_in_the_file_of_the_part_that_lacks_it() -> None:
    base = "isp:\n  dialogue:\n    - repeat: {times: 2}\n"
    assert told(joined("title: x\n", base)) == [("base.yaml", 3, 15, "'steps' is missing")]


def test_a_right_scenario_of_two_files_has_the_name_of_its_own() -> None:
    loaded = checked(joined("title: My own\n", "isp:\n  dialogue: [silence]\n"))
    assert (loaded.name, loaded.path, loaded.calls) == ("own", "own.yaml", ("dialogue",))


def test_files_of_settings_tell_each_mistake_in_its_file_too() -> None:
    whole = joined("title: x\n", BASE)
    assert isinstance(whole.root, Mapping)
    section = Document(whole.source, whole.root.values["isp"], [])
    with pytest.raises(SourceError) as caught:
        validate(section, IspSection)
    assert [each.place.file for each in caught.value.diagnostics] == ["base.yaml"]


def test_every_place_of_an_error_has_its_file_whoever_found_it() -> None:
    for name in ("nowhere-at-all.yaml", "/proc/self/mem"):
        with pytest.raises(ScenarioError) as caught:
            load(name)
        assert [each.place.file for each in caught.value.diagnostics] == [caught.value.source.name]
