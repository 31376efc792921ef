"""Every mistake in one pass, and none that is not there."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simisp.errors import ScenarioError
from simisp.scenario.load import bundled, load, loads

OK = Path(__file__).parent / "ok"
WORDS = [
    "title", "isp", "dialogue", "dialogues", "calls", "accounts", "exchange", "modem", "expect", "prompt", "send",
    "choices", "otherwise", "repeat", "times", "steps", "label", "go to", "again", "silence", "authenticate", "pause",
    "read", "echo", "default", "[key]", "step:send", "target:word", "expect:calls", "promt", "5551234", "next", "x",
    "", "/(a+)+/", "{x}", "1s", "-1", "no", "€", "\x1b", "reached", "client exit status", "ppp", "line", "float",
]  # fmt: skip


def told(text: str) -> list[tuple[int, str]]:
    try:
        loads(text)
    except ScenarioError as error:
        return [(diagnostic.place.line, diagnostic.message) for diagnostic in error.diagnostics]
    return []


VALUES = st.recursive(
    st.none() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(VALUES)
@example({"title": "x", "isp": {"dialogue": [{"repeat": {"steps": [{"prompt": None}]}}]}})
@example({"title": "x", "isp": {"dialogue": [{"prompt": "x", "choices": {"[key]": {"x": None}}}]}})
def test_whatever_a_scenario_is_made_of_the_only_error_is_a_scenario_error(value: object) -> None:
    for line, message in told(yaml.safe_dump(value)):
        assert line >= 1
        assert "nput should" not in message
        assert "something else here" not in message, "a kind of mistake without words of its own"


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*OK.glob("*.yaml"), *bundled()]), st.integers(0, 2**32))
def test_a_scenario_with_any_line_lost_or_any_letter_swapped_never_raises_anything_else(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    lines = path.read_text().splitlines()
    for _ in range(dice.randint(1, 4)):
        number = dice.randrange(len(lines))
        line = lines[number]
        if dice.random() < 0.3 or len(line) < 2:
            lines[number] = ""
        else:
            at = dice.randrange(len(line) - 1)
            lines[number] = line[:at] + line[at + 1] + line[at] + line[at + 2 :]
    for place, message in told("\n".join(lines)):
        assert 1 <= place <= len(lines) + 1
        assert "something else here" not in message


def test_a_misspelt_word_is_told_once_and_what_stands_behind_it_is_checked() -> None:
    assert told("title: x\nisp:\n  dialog:\n    - promt: x\n      raed: 1 2\n    - {pause: 1s, xyz: 2}\n") == [
        (3, "unknown key 'dialog'"),
        (4, "unknown step 'promt'"),
        (5, "unknown key 'raed'"),
        (6, "unknown key 'xyz'"),
    ]


def test_a_guess_that_does_not_fit_is_not_held_against_the_author() -> None:
    assert told("title: x\nmode: fast\n") == [(2, "unknown key 'mode'")]
    assert told("title: x\nisp: {dialogue: [sned, {pase: x}]}\n") == [
        (2, "unknown step 'sned'"),
        (2, "unknown step 'pase'"),
    ]


def test_a_misspelt_key_beside_the_right_one_is_only_unknown() -> None:
    assert told("title: x\ntitel: y\n") == [(2, "unknown key 'titel'")]


@pytest.mark.parametrize(
    "wrong",
    [
        "- label: {a: b}\n    - go to: here",
        "- foo: {label: here}\n    - go to: here",
        "- foo: [{label: here}]\n    - go to: here",
        "- prompt: [x]\n      choices: {a: [label: here]}\n    - go to: here",
        "- prompt: {user: x}\n    - send: 'Hello {user}'",
        "- frob: {read: user}\n    - send: 'Hello {user}'",
    ],
)
def test_labels_and_names_may_stand_in_parts_that_could_not_be_read(wrong: str) -> None:
    text = f"title: x\nisp:\n  dialogue:\n    {wrong}\n"
    messages = [message for _, message in told(text)]
    assert len(messages) == 1 + ("{a: b}" in wrong)  # a label that is a mapping names nothing


def test_accounts_that_could_not_be_read_are_accounts() -> None:
    assert told("title: x\nisp: {accounts: {a: [b]}, dialogue: [authenticate]}\n") == [(2, "expected a text")]
    assert told("title: x\nisp: {accounts: [a], dialogue: [authenticate]}\n") == [
        (2, "expected a mapping (lines such as 'key: value')")
    ]


def test_dialogues_that_could_not_be_read_are_dialogues() -> None:
    assert told("title: x\nisp: {calls: [a], dialogues: {a: silence}}\n") == [
        (2, "expected a list (lines that begin with '- ')")
    ]
    assert told("title: x\nisp: {calls: [a], dialogues: [a]}\n") == [
        (2, "expected a mapping (lines such as 'key: value')")
    ]
    assert told("title: x\nisp: {calls: a, dialogues: {a: [silence], b: [silence]}}\n") == [
        (2, "expected a list (lines that begin with '- ')")
    ]


def test_prompts_and_marks_that_could_not_be_read_can_be_expected() -> None:
    assert told("title: x\nisp: {dialogue: [{mark: m, x: 1}, {foo: n}]}\nexpect: [reached: m, reached: n]\n") == [
        (2, "unknown key 'x'"),
        (2, "unknown step 'foo'"),
    ]


def test_a_loop_is_not_judged_where_a_step_could_not_be_read() -> None:
    assert told("title: x\nisp: {dialogue: [{label: a}, {frobnicate: 3s}, {go to: a}]}\n") == [
        (2, "unknown step 'frobnicate'")
    ]


def test_a_mistake_in_a_part_that_two_places_share_is_told_once() -> None:
    text = (
        "title: x\nisp:\n  calls: [a, b]\n  dialogues:\n    a: &a [pase: 3s, wait, {prompt: x, wait: 1}]\n    b: *a\n"
    )
    assert told(text) == [(5, "unknown step 'pase'"), (5, "unknown step 'wait'"), (5, "unknown key 'wait'")]


def test_every_bundled_scenario_with_one_step_misspelt_is_told_that_alone() -> None:
    for path in bundled():
        text = path.read_text()
        if "prompt:" in text:
            assert [message for _, message in told(text.replace("- prompt:", "- promtp:", 1))] == [
                "unknown step 'promtp'"
            ]


def test_what_is_right_is_left_alone() -> None:
    assert load(OK / "every-step.yaml").model == load(OK / "every-step.yaml").model
