"""What holds of every fix: it ends, it is complete, and nothing upsets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.diagnostics import Severity
from simisp.scp import compile_script
from simisp.scp.analysis.paths import Paths
from simisp.scp.analysis.timing import longest_path
from simisp.scp.fixer import fix
from simisp.scp.linter import lint
from support.rounds import rounds
from support.scp_player import Player
from support.scp_strategies import scripts, streams

BUNDLED = sorted((Path(__file__).parents[2] / "scenarios" / "scripts").glob("*.scp"))


def worst_case(text: str) -> int:
    path = longest_path(Paths(compile_script(text)))
    assert path is not None
    return path[-1].elapsed if path else 0


COMMANDS = [
    'waitfor "ogin:"',
    'waitfor "a" until 7 ; short',
    'waitfor "a", matchcase then Done until nLimit',
    "transmit $USERID",
    'transmit $PASSWORD + "^M"',
    'transmit "ppp^M"',
    "delay 2",
    "set port databits 7",
    "halt",
    'if $FAILURE then transmit "^M" endif',
    "if $SUCCESS then",
    "if bSwitch then",
]
JUMPS = ["goto Further", 'waitfor "ba" then Further, "ogin" then Further']


@st.composite
def naive_scripts(draw: st.DrawFn) -> str:
    """Scripts with every fault that a fix can cure, in a loop that counts and in blocks, and with no other."""
    before = draw(st.lists(st.sampled_from(COMMANDS + JUMPS), max_size=8))
    inside = draw(st.lists(st.sampled_from(COMMANDS), max_size=4))
    lines = ["proc main", "integer nLimit = 5", "boolean bSwitch", "integer nRounds", 'waitfor "start"', *before]
    lines += ["endif"] * sum(line.endswith("then") for line in before)
    lines += ["Further:", "while nRounds < 3 do", "nRounds = nRounds + 1", *inside]
    lines += ["endif"] * sum(line.endswith("then") for line in inside)
    return "\n".join([*lines, "endwhile", "Done:", "set screen keyboard off", "endproc", ""])


@settings(max_examples=rounds(40), deadline=None)
@given(naive_scripts(), streams, st.floats(0, 5))
def test_a_fixed_naive_script_has_no_errors_and_ends_whatever_the_remote_says(
    text: str, stream: bytes, pause: float
) -> None:
    result = fix(text)
    assert [d for d in result.remaining.diagnostics if d.severity is Severity.ERROR] == []
    assert Player(result.text).passes(worst_case(result.text)).script.state.is_final
    player = Player(result.text)
    for octet in stream:
        player.passes(pause).hears(bytes([octet]))
    assert player.passes(worst_case(result.text)).script.state.is_final


@settings(max_examples=rounds(40), deadline=None)
@given(scripts, streams, st.floats(0, 5))
def test_a_script_without_errors_ends_in_the_longest_time_told_whatever_the_remote_says(
    text: str, stream: bytes, pause: float
) -> None:
    text = fix(text).text
    found = lint(text, ignore=["SCP2"]).diagnostics
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        return
    player = Player(text)
    for octet in stream:
        player.passes(pause).hears(bytes([octet]))
    if "getip" not in text:
        assert player.passes(worst_case(text)).script.state.is_final


@settings(max_examples=rounds(40), deadline=None)
@given(scripts)
def test_a_script_without_errors_ends_on_a_silent_line(text: str) -> None:
    text = fix(text).text
    if lint(text, ignore=["SCP2"]).is_clean:
        assert Player(text).passes(worst_case(text)).script.state.is_final


# What an ISP that is well says to the bundled scripts, up to the words after which an address is read without limit.
SAID = b"Service? Username: Password: \r\nPPP, your address i"


@pytest.mark.parametrize("pause", [0.0, 0.1, 1.3])
@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_a_bundled_script_once_fixed_is_over_with_the_first_wait_that_fails_wherever_the_isp_falls_silent(
    path: Path, pause: float
) -> None:
    text = fix(path.read_text(encoding="utf-8")).text
    assert fix(text).applied == ()
    limit = max(map(int, re.findall(r"(?:until|nLimit =) (\d+)", text)))
    for silent_from in range(len(SAID) + 1):
        player = Player(text)
        for octet in SAID[:silent_from]:
            player.passes(pause).hears(bytes([octet]))
        sent = player.sent
        assert player.passes(limit).script.state.is_final
        assert player.sent == sent


@settings(max_examples=rounds(40), deadline=None)
@given(scripts)
def test_after_a_fix_nothing_is_left_to_fix_and_a_second_one_changes_nothing(text: str) -> None:
    once = fix(text)
    assert not any(each.fixable for each in once.remaining.reported)
    assert all(diagnostic.code > "SCP100" for diagnostic in once.remaining.diagnostics)
    assert fix(once.text).text == once.text


@settings(max_examples=rounds(40), deadline=None)
@given(st.text(max_size=120) | st.binary(max_size=120))
def test_no_text_upsets_a_fix(text: bytes | str) -> None:
    fix(text)
