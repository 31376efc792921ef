from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.scp import Options, check, compile_script, explain_program, format_script, parse, print_tree
from simisp.scp.syntax import Script
from support.scp_player import Player
from support.scp_strategies import scripts, streams, trees

options = st.builds(
    Options,
    discard_unread_input=st.booleans(),
    waitfor_matches_case=st.booleans(),
    until_zero_waits_forever=st.booleans(),
    framing_in_software=st.booleans(),
    trace=st.booleans(),
)
WORDS = """proc main endproc if then endif while do endwhile waitfor transmit , : = == ( ) "x" "^M" raw until 5 x y
integer string goto halt delay getip set port parity even matchcase $SUCCESS ! - + and ; " 'a"""
words = st.sampled_from([*WORDS.split(), "\n"])


@settings(max_examples=100)
@given(trees)
def test_parsing_a_printed_tree_gives_the_tree(tree: Script) -> None:
    parsed = parse(print_tree(tree))
    assert parsed.diagnostics == ()
    assert parsed.tree == tree


@settings(max_examples=100)
@given(trees)
def test_formatting_is_idempotent_and_keeps_the_tree(tree: Script) -> None:
    once = format_script(print_tree(tree))
    assert parse(once).tree == tree
    assert format_script(once) == once


@settings(max_examples=60)
@given(scripts)
def test_formatting_keeps_the_compiled_code(script: str) -> None:
    assert compile_script(format_script(script)) == compile_script(script)


@settings(max_examples=100)
@given(st.lists(words, max_size=40), st.sampled_from([" ", "\n", " \r\n", " ; c\n", "\n\n"]))
def test_any_words_are_parsed_and_checked_and_what_is_right_formats_to_the_same(
    tokens: Sequence[str], gap: str
) -> None:
    text = gap.join(tokens)
    checked = check(parse(text))
    if not checked.parsed.has_errors:
        formatted = format_script(text)
        assert parse(formatted).tree == checked.parsed.tree
        assert format_script(formatted) == formatted
        assert formatted.count(";") == text.count(";")


@settings(max_examples=100)
@given(st.text() | st.binary())
def test_any_text_and_any_octets_are_parsed_and_checked(text: bytes | str) -> None:
    checked = check(parse(text))
    assert checked.has_errors or checked.main is not None


def hear_in_pieces(player: Player, stream: bytes, cuts: Sequence[int]) -> None:
    start, index = 0, 0
    while start < len(stream):
        size = 1 + cuts[index % len(cuts)]
        player.hears(stream[start : start + size])
        start, index = start + size, index + 1


@settings(max_examples=100)
@given(scripts, streams, options, st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_cutting_the_input_changes_nothing(script: str, stream: bytes, choices: Options, cuts: Sequence[int]) -> None:
    whole, cut = Player(script, options=choices), Player(script, options=choices)
    for round_ in range(3):
        whole.hears(stream).passes(0.5 + round_)
        hear_in_pieces(cut, stream, cuts)
        cut.passes(0.5 + round_)
    assert cut.outputs == whole.outputs
    assert cut.script.state is whole.script.state
    assert cut.script.unread == whole.script.unread


@settings(max_examples=100)
@given(scripts, st.lists(st.binary(max_size=30) | streams, max_size=6), options)
def test_no_octets_raise_and_a_timer_is_never_in_the_past(
    script: str, chunks: Sequence[bytes], choices: Options
) -> None:
    player = Player(script, options=choices)
    for chunk in chunks:
        player.hears(chunk).passes(0.7)
        due = player.script.next_timer()
        assert due is None or due > player.now


@settings(max_examples=60)
@given(scripts)
def test_a_chart_is_drawn_of_any_script(script: str) -> None:
    chart = explain_program(compile_script(script)).splitlines()
    names = {line.split("(")[0].split("[")[0].split("{")[0].strip() for line in chart if "-" not in line.split('"')[0]}
    for line in chart[1:]:
        if "-->" in line:
            assert line.split()[0] in names
            assert line.split()[-1] in names


def test_cutting_the_input_changes_nothing_for_a_script_at_the_edge_of_spinning() -> None:
    script = """proc main
    integer n
    Again:
    waitfor "a" then Short, "b" then Long
    Long: while n < 6000 do n = n + 1 endwhile
    Short: n = 0 transmit "."
    goto Again
    endproc"""
    whole, cut = Player(script), Player(script)
    whole.hears(b"aaba" * 3).passes(2)
    hear_in_pieces(cut, b"aaba" * 3, [0])
    cut.passes(2)
    assert cut.outputs == whole.outputs
    assert whole.sent == b"." * 12
