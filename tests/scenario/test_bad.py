"""Every bad scenario gives its recorded message: `bad/NAME.yaml` gives `bad/NAME.out`.

To record anew after a change: RECORD=1 pytest tests/scenario/test_bad.py, then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import simisp
from simisp.errors import ScenarioError
from simisp.scenario.diagnose import KNOWN_KINDS
from simisp.scenario.load import load, loads
from simisp.scenario.reader import MOST_OCTETS

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))
# What pydantic and Python would say, and a tester should never have to read.
LIBRARY_SPEAK = re.compile(
    r"[Ii]nput should|valid (?:integer|string|dictionary)|pydantic|Traceback|NoneType|dict\b|bool\b"
)


def message_of(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_bad_scenario_gives_its_recorded_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    message = message_of(Path(path.name)) + "\n"
    recorded = path.with_suffix(".out")
    if os.environ.get("RECORD"):
        recorded.write_text(message)
    assert message == recorded.read_text()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_mistake_is_told_at_a_place_in_the_file_and_in_our_words(path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    message = str(caught.value)
    assert not LIBRARY_SPEAK.search(message.replace(str(path), path.name))  # a folder may have any name
    assert message.isprintable() or set(re.findall(r"[^\x20-\x7e\u00a0-\uffff]", message)) == {"\n"}
    lines = caught.value.source.text.split("\n")
    for diagnostic in caught.value.diagnostics:
        assert 1 <= diagnostic.place.line <= max(1, len(lines))
        assert 1 <= diagnostic.place.column <= len(caught.value.source.line(diagnostic.place.line)) + 1


def test_every_message_of_our_own_checks_is_shown() -> None:
    sources = "".join(path.read_text() for path in Path(simisp.__file__).parent.rglob("*.py"))
    ours = set(re.findall(r'PydanticCustomError\(\s*"(\w+)"', sources))
    assert ours
    assert ours <= KNOWN_KINDS


def test_every_recorded_message_belongs_to_a_scenario() -> None:
    assert {path.stem for path in BAD.glob("*.out")} == {path.stem for path in FILES}


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"title: x\n#" + b"x" * MOST_OCTETS)
    assert "larger than 1048576 octets" in message_of(huge)


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    text = b"title: x\n#"
    large.write_bytes(text + b"x" * (MOST_OCTETS - len(text)))
    assert load(large).model.title == "x"


def test_a_list_of_too_many_values_is_refused() -> None:
    with pytest.raises(ScenarioError, match="more than 50000 values"):
        loads("title: x\nisp:\n  dialogue: [" + "silence," * 60_000 + "]\n")


def test_an_endless_device_is_not_read_to_its_end() -> None:
    assert "larger than" in message_of(Path("/dev/zero"))


def test_a_lone_surrogate_is_a_mistake_and_not_an_exception() -> None:
    with pytest.raises(ScenarioError, match=r"U\+D800 is not allowed in YAML"):
        loads("title: \ud800")
    with pytest.raises(ScenarioError) as caught:
        loads("title: x\nabout: \udfff")
    assert caught.value.diagnostics[0].hint == "leave it out"  # YAML has no escape for it


DIALOGUE = "title: x\nisp:\n  dialogue:\n"
MANY = {
    "unknown steps": DIALOGUE + "".join(f"    - wd{number}: x\n" for number in range(2000)),
    "misspelt steps": DIALOGUE + "    - sned: x\n" * 2000,
    "unknown labels": DIALOGUE
    + "".join(f"    - label: a{number}\n    - pause: 1s\n    - go to: b{number}\n" for number in range(1000)),
    "unknown names": DIALOGUE + "".join(f"    - send: '{{n{number}}}'\n" for number in range(2000)),
    "unknown keys": "title: x\n" + "".join(f"k{number}: 1\n" for number in range(2000)),
    "unknown calls": "title: x\nisp:\n  dialogues: {a: [silence]}\n  calls: [" + "b," * 2000 + "]\n",
    "unknown marks": DIALOGUE + "    - mark: m\nexpect:\n" + "".join(f"  - reached: n{n}\n" for n in range(2000)),
    "endless loops": DIALOGUE + "    - repeat: {steps: [send: x]}\n" * 2000,
}


@pytest.mark.parametrize("text", MANY.values(), ids=MANY.keys())
def test_of_very_many_mistakes_the_first_hundred_are_told_and_that_there_are_more(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    *told, last = caught.value.diagnostics
    assert len(told) == 100
    assert last.message == "more than 100 mistakes: the rest is not shown"
    assert last.place >= max(diagnostic.place for diagnostic in told)


def test_a_word_of_any_length_is_told_without_being_compared() -> None:
    long = "a" * 300_000
    with pytest.raises(ScenarioError) as caught:
        loads(f"{DIALOGUE}    - prompt: {long}\nexpect:\n  - reached: {long}b\n")
    assert len(caught.value.diagnostics) == 1
