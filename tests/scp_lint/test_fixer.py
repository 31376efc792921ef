"""What a fix writes: it ends by itself, lints clean, and is otherwise the author's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from simisp.diagnostics import Severity
from simisp.scp import compile_script, format_script
from simisp.scp.analysis.paths import Paths
from simisp.scp.analysis.timing import longest_path
from simisp.scp.fixer import fix
from simisp.scp.linter import lint
from simisp.scp.outputs import Ended
from support.scp_player import Player

NAIVE = """\
; Our provider's script
; Last changed in May

proc main

   ; the menu
   waitfor "ervice?"         ; asks twice on Mondays
   transmit "p^M"

   waitfor "sername:"
   transmit $USERID
\ttransmit "^M"   ; tab

   waitfor "assword:"
   transmit $PASSWORD, raw
   transmit "^M"

endproc
"""

REPAIRED = """\
; Our provider's script
; Last changed in May

proc main

   ; the menu
   waitfor "ervice?" until 90         ; asks twice on Mondays
   if $SUCCESS then
   transmit "p^M"

   waitfor "sername:" until 60
   if $SUCCESS then
   transmit $USERID, raw
\ttransmit "^M"   ; tab

   waitfor "assword:" until 60
   if $SUCCESS then
   transmit $PASSWORD, raw
   transmit "^M"
   endif
   endif
   endif

endproc  ; lint: allow SCP204 - PPP starts here even when a wait has failed
"""


def body(*lines: str) -> str:
    return "\n".join(["proc main", *(f"  {line}" for line in lines), "endproc", ""])


def fixed(*lines: str, **settings: Any) -> list[str]:
    """Return the lines of the body after a fix, without their indentation."""
    text = fix(body(*lines), **settings).text
    return [line.strip() for line in text.splitlines()[1:-1]]


def worst_case(text: str) -> int:
    path = longest_path(Paths(compile_script(text)))
    assert path is not None
    return path[-1].elapsed if path else 0


# the article's way


def test_a_naive_script_gets_limits_and_tests_as_in_the_article_and_keeps_all_else() -> None:
    result = fix(NAIVE, name="naive.scp")
    assert result.text == REPAIRED
    assert [diagnostic.code for diagnostic in result.applied] == ["SCP101"] * 3 + ["SCP102"] * 3 + ["SCP201", "SCP204"]
    assert result.remaining.diagnostics == ()


def test_the_naive_script_waits_forever_and_the_fixed_one_ends_on_a_silent_line() -> None:
    assert Player(NAIVE).passes(1e6).facts == []
    player = Player(fix(NAIVE).text).passes(89.9)
    assert player.facts == []
    assert player.passes(0.2).facts == [Ended()]
    assert player.sent == b""


@pytest.mark.parametrize(
    ("answers", "seconds", "sent"),
    [
        ([b"Service?"], 60, b"p\r"),
        ([b"Service?", b"Username:"], 60, b"p\ralice\r"),
        ([b"Service?", b"Username:", b"Password:"], 0, b"p\ralice\rwonderland\r"),
    ],
)
def test_the_fixed_script_ends_wherever_the_line_falls_silent(
    answers: Sequence[bytes], seconds: int, sent: bytes
) -> None:
    player = Player(fix(NAIVE).text)
    for answer in answers:
        player.hears(answer)
    assert player.passes(seconds).facts == [Ended()]
    assert player.sent == sent


def test_a_fixed_script_is_left_as_it_is() -> None:
    result = fix(REPAIRED)
    assert result.text == REPAIRED
    assert result.applied == ()


def test_a_fixed_script_lints_clean_after_formatting_too() -> None:
    assert lint(format_script(REPAIRED)).diagnostics == ()


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_line_ends_stay_as_they_are(newline: str) -> None:
    assert fix(NAIVE.replace("\n", newline)).text == REPAIRED.replace("\n", newline)


@pytest.mark.parametrize(
    "cut", ["endif\n   endif\n\nendproc", "endif\n\nendproc", "\nendproc", "endif\n   endif\n   endif"]
)
def test_a_script_whose_last_lines_are_lost_is_completed(cut: str) -> None:
    text = REPAIRED[: REPAIRED.rindex(cut)]
    result = fix(text)
    assert result.remaining.diagnostics == ()
    assert "".join(result.text.split()) == "".join(REPAIRED.split())


def test_ends_are_added_before_the_mark_that_ends_old_files_and_on_a_line_of_their_own() -> None:
    assert fix("proc main\n  delay 1\x1a").text == "proc main\n  delay 1\nendproc\n\x1a"
    assert fix("proc main\n\tdelay 1\n\n").text == "proc main\n\tdelay 1\nendproc\n\n"


# limits


def test_the_limits_can_be_chosen() -> None:
    assert fixed('waitfor "a"', 'waitfor "b"', 'waitfor "c"', default_until=(30, 10), ignore=["SCP204"]) == [
        'waitfor "a" until 30',
        "if $SUCCESS then",
        'waitfor "b" until 10',
        "if $SUCCESS then",
        'waitfor "c" until 10',
        "endif",
        "endif",
    ]


def test_a_limit_of_the_authors_stays_and_counts_as_the_first() -> None:
    assert fixed('waitfor "a" until 5', 'waitfor "b"', ignore=["SCP204"]) == [
        'waitfor "a" until 5',
        "if $SUCCESS then",
        'waitfor "b" until 60',
        "endif",
    ]


def test_a_limit_comes_after_labels_and_matchcase_and_before_a_comment() -> None:
    lines = fixed('waitfor "a", matchcase then L,', '"b" then L ; or b', "L:", ignore=["SCP204"])
    assert lines == ['waitfor "a", matchcase then L,', '"b" then L until 90 ; or b', "L:"]


@pytest.mark.parametrize("give_up", [1000, 210, 209, 60, 5])
def test_limits_are_shortened_to_what_the_caller_waits(give_up: int) -> None:
    result = fix(NAIVE, give_up=give_up)
    assert result.remaining.diagnostics == ()
    assert give_up * 0.5 < worst_case(result.text) <= give_up or give_up == 1000


def test_limits_stay_usual_when_no_shortening_would_do() -> None:
    result = fix(body("delay 100", 'waitfor "a"'), give_up=60)
    assert 'waitfor "a" until 1\n' not in result.text
    assert [diagnostic.code for diagnostic in result.remaining.diagnostics] == ["SCP205"]


def test_a_limit_below_a_second_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least 1 second"):
        fix(NAIVE, default_until=(90, 0))


# tests of success


def test_settings_at_the_end_stay_outside_the_test() -> None:
    lines = fixed(
        "set port databits 7", 'waitfor "a" until 9', 'transmit "b"', "set port databits 8", "set screen keyboard off"
    )
    assert lines == [
        "set port databits 7",
        'waitfor "a" until 9',
        "if $SUCCESS then",
        'transmit "b"',
        "endif",
        "set port databits 8",
        "set screen keyboard off",
    ]


def test_inside_a_block_the_test_reaches_to_the_end_of_the_block() -> None:
    lines = fixed(
        "boolean bMenu", "if bMenu then", 'waitfor "a" until 9', 'transmit "b"', "delay 1", "endif", "delay 2"
    )
    assert lines == [
        "boolean bMenu",
        "if bMenu then",
        'waitfor "a" until 9',
        "if $SUCCESS then",
        'transmit "b"',
        "delay 1",
        "endif",
        "endif",
        "delay 2",
    ]


def test_a_test_that_ends_before_the_next_wait_is_made_to_reach_to_the_end() -> None:
    lines = ['waitfor "a" until 9', "if $SUCCESS then", 'transmit "b"', "endif"]
    lines += ['waitfor "c" until 9', "if $SUCCESS then", 'transmit "d"', "endif", "set port databits 8"]
    assert fixed(*lines) == [*lines[:3], *lines[4:7], "endif", "endif", "set port databits 8"]


@pytest.mark.parametrize("end", ["endif  ; sent", "endif delay 1"])
def test_an_end_that_shares_its_line_stays_and_another_test_goes_around_it(end: str) -> None:
    text = body('waitfor "a" until 9', "if $SUCCESS then", 'transmit "b"', end, 'waitfor "c" until 9')
    result = fix(text)
    assert result.remaining.diagnostics == ()
    assert end in result.text
    assert result.text.count("if $SUCCESS then") == 2


def test_a_wait_for_the_answer_to_a_wake_up_goes_on_from_no_failure() -> None:
    lines = ['waitfor "a" until 9', "if $FAILURE then", 'transmit "^M"', "endif", 'waitfor "b" until 9']
    assert fixed(*lines) == lines


@pytest.mark.parametrize(
    "lines",
    [
        ["integer n", "while n < 3 do", 'waitfor "a" until 9', 'waitfor "b" until 9', "n = n + 1", "endwhile"],
        ["boolean b", "if b then", 'waitfor "a" until 9', "endif", 'waitfor "b" until 9'],
        ['waitfor "a" until 9', "goto L", "L:", 'waitfor "b" until 9'],
        ['waitfor "a" then L until 9', "L:", 'waitfor "b" until 9'],
    ],
)
def test_a_wait_after_a_failed_wait_is_gone_around_by_a_jump_where_it_is_no_plain_sequence(
    lines: Sequence[str],
) -> None:
    after = fixed(*lines)
    assert "goto Failed" in after
    assert [each.code for each in fix(body(*lines)).remaining.diagnostics] == []


@pytest.mark.parametrize(
    "lines",
    [
        ["integer n", "while n < 3 do", 'waitfor "a" until 9', 'transmit "b"', "n = n + 1", "endwhile"],
        ["boolean b", "if b then", 'waitfor "a" until 9', "endif", 'transmit "b"'],
        ['waitfor "a" until 9', "goto L", "L:", 'transmit "b"'],
        ['waitfor "a" until 9', 'while $USERID == "x" do', 'transmit "b"', "goto L", "endwhile", "L:"],
    ],
)
def test_where_the_rest_is_no_plain_sequence_a_failure_goes_to_the_end(lines: Sequence[str]) -> None:
    after = fixed(*lines)
    place = after.index('waitfor "a" until 9')
    assert after[place + 1 : place + 4] == ["if $FAILURE then", "goto Failed", "endif"]
    assert after[-1] == "Failed:" or after[-2:] == ["Failed:", "L:"]
    assert fix(body(*lines)).remaining.diagnostics == ()


def test_after_strings_that_all_have_labels_only_failure_goes_on_so_it_jumps() -> None:
    assert fixed('waitfor "a" then L, "b" then L until 9', "L:", 'transmit "c"') == [
        'waitfor "a" then L, "b" then L until 9',
        "goto Failed",
        "L:",
        'transmit "c"',
        "Failed:",
    ]


def test_a_label_there_is_used_again_and_another_meaning_of_its_name_respected() -> None:
    again = ["Top:", 'waitfor "a" until 9', 'transmit "b"', "goto Failed", "Failed:"]
    assert fixed("integer n", *again)[-1:] == ["Failed:"]
    elsewhere = ["Failed:", 'waitfor "a" then L until 9', "L:", 'transmit "b"', "goto End", "goto Failed", "End:"]
    assert "goto Failed1" in fixed(*elsewhere)
    assert "goto Failed1" in fixed("integer failed = 1", 'waitfor "a" then L until failed', "L:", 'transmit "b"')


def test_several_failures_share_one_label() -> None:
    waits = [line for n in range(14) for line in (f'waitfor "x{n}" until 2', f'transmit "y{n}"')]
    after = fixed(*waits)
    assert after.count("Failed:") == 1
    assert after.count("goto Failed") == 14
    assert fix(body(*waits)).remaining.diagnostics == ()


def test_a_cure_that_would_do_harm_is_taken_back() -> None:
    waits = [line for n in range(10) for line in (f'waitfor "x{n}" until 2', f'transmit "y{n}"')]
    text = body("boolean b", *["if b then"] * 45, *waits, *["endif"] * 45)  # one test inside the other is too deep
    result = fix(text, ignore=["SCP204"])
    assert result.text == text
    assert {diagnostic.code for diagnostic in result.remaining.diagnostics} == {"SCP102"}


def test_a_script_on_one_line_stays_on_one_line() -> None:
    result = fix('proc main waitfor "a" transmit $USERID + "^M" waitfor "b" then L L: transmit "c" halt endproc')
    assert result.remaining.diagnostics == ()
    assert result.text == (
        'proc main waitfor "a" until 90 if $FAILURE then goto Failed endif transmit $USERID, raw transmit "^M" '
        'waitfor "b" then L until 60 goto Failed L: transmit "c" goto Failed Failed: endproc'
        "  ; lint: allow SCP204 - PPP starts here even when a wait has failed"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ['waitfor "address is"', "set ipaddr getip"],
        ["string s", 'waitfor "address is"', "s = getip", "set ipaddr s"],
        ['waitfor "a"', 'transmit "x"', 'waitfor "address is"', "set ipaddr getip"],
        ["integer n", "while n < 3 do", 'waitfor "address is"', "set ipaddr getip", "n = n + 1", "endwhile"],
        ['waitfor "a" then L', "L:", "set ipaddr getip"],
        ['waitfor "a" then L, "b" then L', "L:", "set ipaddr getip", "set ipaddr getip"],
        ["boolean b", "if b then", 'waitfor "a"', "else", 'waitfor "b"', "endif", "set ipaddr getip"],
        ["boolean b", 'waitfor "a"', "if b then", 'waitfor "b"', "endif", "set ipaddr getip"],
        ["string s", 'waitfor "a"', "s = getip", "set ipaddr getip", "set port parity none"],
        ['waitfor "a"', 'if getip == "10.0.0.1" then', "delay 1", "endif"],
    ],
)
def test_a_limit_on_the_wait_before_an_address_leaves_no_getip_unguarded(lines: Sequence[str]) -> None:
    if "else" in lines:
        lines = [line.replace("else", "endif if b == FALSE then") for line in lines]
    result = fix(body(*lines))
    assert [each.code for each in result.remaining.diagnostics if each.severity is Severity.ERROR] == []
    assert "if $" in result.text or "goto Failed" in result.text


# other cures


def test_halt_becomes_a_way_to_the_end() -> None:
    assert fixed('waitfor "a" until 9', "if $FAILURE then halt endif", 'transmit "b"', ignore=["SCP204"]) == [
        'waitfor "a" until 9',
        "if $FAILURE then goto Failed endif",
        'transmit "b"',
        "Failed:",
    ]


def test_an_attended_script_keeps_its_halt() -> None:
    assert fixed("halt", unattended=False) == ["halt"]


def test_credentials_in_a_concatenation_are_sent_each_on_its_own() -> None:
    assert fixed('string s = "x"', 'transmit "<" + ($USERID + s) + "^M" ; all') == [
        'string s = "x"',
        'transmit "<"',
        "transmit $USERID, raw",
        "transmit s, raw",
        'transmit "^M" ; all',
    ]


def test_credentials_that_are_computed_otherwise_are_left_to_the_author() -> None:
    text = body("transmit $USERID + getip", 'transmit "^M"')
    assert [each.fixable for each in lint(text, select=["SCP201"]).reported] == [False]


def test_port_settings_are_put_back_before_the_end_on_every_path() -> None:
    lines = fixed("set port databits 7", "set port parity even", 'waitfor "a" then L until 9', "L:", 'transmit "b"')
    assert lines[-3:] == ["Failed:", "set port databits 8", "set port parity none"]


def test_spelling_is_mended_everywhere() -> None:
    assert fix('PROC main\n  Transmit "a"\n  Transmit $userid, raw\n  TRANSMIT "^M"\nENDPROC').text == (
        'proc main\n  transmit "a"\n  transmit $USERID, raw\n  transmit "^M"\nendproc'
    )


def test_only_selected_rules_are_cured() -> None:
    assert fix(NAIVE, select=["SCP101"]).text.count("until") == 3
    assert "if $SUCCESS" not in fix(NAIVE, select=["SCP101"]).text
    assert fix(NAIVE, ignore=["SCP"]).text == NAIVE


def test_a_script_that_does_not_parse_is_left_alone() -> None:
    text = 'proc main\n  waitfor "a"\n  bogus\nendproc'
    result = fix(text)
    assert (result.text, result.applied) == (text, ())
    assert {diagnostic.code for diagnostic in result.remaining.diagnostics} == {"SCP011", "SCP101"}


def test_what_only_the_author_can_mend_remains() -> None:
    text = body("Top:", 'waitfor "a" then Done', "goto Top", "Done:", "set ipaddr getip 2")
    result = fix(text)
    assert 'waitfor "a" then Done until 90' in result.text
    assert [diagnostic.code for diagnostic in result.remaining.diagnostics] == ["SCP105"]


# encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_keeps_its_encoding(encoding: str) -> None:
    data = NAIVE.replace("May", "März €").encode(encoding)
    assert fix(data).encoded_like(data) == REPAIRED.replace("May", "März €").encode(encoding)
