"""A script of our own that lost its last lines as the sample of knowledge-base article 175410 did, and its repair."""

from __future__ import annotations

from simisp.diagnostics import render_all
from simisp.scp import parse
from simisp.scp.outputs import Ended
from support.scp_player import Player

TRUNCATED = """; logs in where a service is to be chosen first
proc main

   waitfor "hoose:" until 90
   if $SUCCESS then
   transmit "ppp^M"

   waitfor "name?" until 60
   if $SUCCESS then
   transmit $USERID, raw
   transmit "^M"

   waitfor "word?" until 60
   if $SUCCESS then
   transmit $PASSWORD, raw
   transmit "^M"
"""

REPAIRED = TRUNCATED + "   endif\n   endif\n   endif\nendproc\n"


def test_each_lacking_end_is_named_with_its_place() -> None:
    parsed = parse(TRUNCATED, "isp.scp")
    assert [(each.place.line, each.message) for each in parsed.diagnostics] == [
        (2, "'proc main' has no 'endproc'"),
        (5, "this 'if' has no 'endif'"),
        (9, "this 'if' has no 'endif'"),
        (14, "this 'if' has no 'endif'"),
    ]


def test_the_hints_say_where_each_end_belongs() -> None:
    text = render_all(parse(TRUNCATED, "isp.scp").diagnostics, parse(TRUNCATED).source)
    assert text.count("add 'endif' after line 16") == 3
    assert "add 'endproc' after line 16, after the ends that the blocks above lack" in text


def test_the_script_repaired_as_the_hints_say_is_right() -> None:
    lines = TRUNCATED.splitlines()
    for line, end in [(16, "endproc"), (16, "endif"), (16, "endif"), (16, "endif")]:
        lines.insert(line, end)
    assert parse("\n".join(lines)).diagnostics == ()
    assert parse("\n".join(lines)).tree == parse(REPAIRED).tree


def test_the_repaired_script_logs_in() -> None:
    player = Player(REPAIRED)
    player.hears(b"Choose: ").hears(b"ppp\r\nName? ").hears(b"alice\r\nPassword? ")
    assert player.sent == b"ppp\ralice\rwonderland\r"
    assert player.facts == [Ended()]


def test_the_repaired_script_ends_by_itself_when_nobody_answers() -> None:
    player = Player(REPAIRED).passes(89)
    assert player.facts == []
    player.passes(1)
    assert player.facts == [Ended()]
    assert player.sent == b""


def test_it_sends_nothing_after_a_silence() -> None:
    player = Player(REPAIRED).hears(b"Choose: ", at=1).passes(60)
    assert player.sent == b"ppp\r"
    assert player.facts == [Ended()]
