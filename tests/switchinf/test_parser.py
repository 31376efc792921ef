from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.diagnostics import Severity
from simisp.errors import ScriptError
from simisp.switchinf import find_section, parse
from simisp.switchinf.faults import Fault
from simisp.switchinf.parser import MAX_LINE
from simisp.switchinf.syntax import AnyOctet, Command, Credential, Find, LiteralOctets, ResponseKind, Rest
from simisp.switchinf.text import decode, encode


def commands(text: str) -> tuple[Command, ...]:
    """Return the commands of a section with these lines."""
    parsed = parse(f"[x]\n{text}\n")
    assert parsed.diagnostics == ()
    return parsed.sections[0].commands


def mistakes(text: str) -> list[tuple[str, int, int]]:
    return [(each.code, each.place.line, each.place.column) for each in parse(text).diagnostics]


def said(text: str) -> str:
    return "\n".join(f"{each.message} | {each.hint}" for each in parse(text).diagnostics)


def test_a_file_holds_many_sections() -> None:
    parsed = parse("[Generic login]\nCOMMAND=\n\n[b]\nCOMMAND=x<cr>\nNoResponse\nCOMMAND=y<cr>\n")
    assert [(section.name, len(section.commands)) for section in parsed.sections] == [("Generic login", 1), ("b", 2)]
    assert not parsed.has_errors


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_three_ways(end: str) -> None:
    assert len(parse(end.join(["[x]", "COMMAND=a<cr>", "OK=b", ""])).sections[0].commands[0].responses) == 1


def test_a_semicolon_in_column_one_begins_a_comment_and_leading_blanks_are_fine() -> None:
    assert len(commands("; hello\n  COMMAND = a<cr>  \n\tOK = b")) == 1


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("hello", (LiteralOctets(b"hello"),)),
        ("p<cr><LF>", (LiteralOctets(b"p\r\n"),)),
        ("<h20>a<hfF>", (LiteralOctets(b" a\xff"),)),
        ("<username><cr>", (Credential.USERNAME, LiteralOctets(b"\r"))),
        ("<Password>", (Credential.PASSWORD,)),
        ("a<b", (LiteralOctets(b"a<b"),)),
        ("é", (LiteralOctets(b"\xe9"),)),
    ],
)
def test_a_command_sends_text_and_macros(text: str, pieces: tuple[Credential | LiteralOctets, ...]) -> None:
    assert commands(f"COMMAND={text}")[0].pieces == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("Hello<cr>", (LiteralOctets(b"Hello\r"),)),
        ("<ignore>", (Rest.IGNORE,)),
        ('<match>"ogin:"', (Find((LiteralOctets(b"ogin:"),)),)),
        (
            '<MATCH> "a<?><cr><username>"',
            (Find((LiteralOctets(b"a"), AnyOctet(), LiteralOctets(b"\r"), Credential.USERNAME)),),
        ),
        (
            'x<?><match>"y"z<diagnostics>',
            (LiteralOctets(b"x"), AnyOctet(), Find((LiteralOctets(b"y"),)), LiteralOctets(b"z"), Rest.DIAGNOSTICS),
        ),
    ],
)
def test_a_response_is_made_of_text_and_macros(
    text: str, pieces: tuple[AnyOctet | Find | LiteralOctets | Rest | Find | LiteralOctets | Rest, ...]
) -> None:
    assert commands(f"COMMAND=a<cr>\nOK={text}")[0].responses[0].pieces == pieces


def test_each_keyword_has_its_kind() -> None:
    lines = "\n".join(f"{kind.value}=x" for kind in ResponseKind)
    assert [response.kind for response in commands(f"COMMAND=a<cr>\n{lines}")[0].responses] == list(ResponseKind)


def test_noresponse_means_that_none_is_expected() -> None:
    assert not commands("COMMAND=a<cr>\nNoResponse")[0].expects_response
    assert commands("COMMAND=a<cr>\nNoEcho\nOK=<ignore>")[0].expects_response


def test_a_command_knows_whether_it_ends_its_line() -> None:
    first, second, third = commands("COMMAND=a<cr>\nOK=b\nCOMMAND=<username>\nOK=b\nCOMMAND=")
    assert first.ends_line
    assert not second.ends_line
    assert not third.ends_line


def test_octets_are_decoded_and_lose_nothing() -> None:
    assert encode(decode(b"caf\xe9\x81")) == b"caf\xe9\x81"
    assert decode("λ".encode()) == "λ"
    assert encode("λ") == "λ".encode()
    assert parse(b"[caf\xe9]\nCOMMAND=").sections[0].name == "café"


ONE_FINDING = [
    ("COMMAND=", Fault.OUTSIDE_SECTION, "before the first section"),
    ("[x\nCOMMAND=", Fault.BAD_HEADER, "name in brackets"),
    ("[ ]\nCOMMAND=", Fault.BAD_HEADER, "name in brackets"),
    ("[x] y\nCOMMAND=", Fault.BAD_HEADER, "nothing follows"),
    (f"[{'x' * 32}]\nCOMMAND=", Fault.NAME_TOO_LONG, "at most 31 characters, not 32 (RAS error 658)"),
    ("[x]\nCOMMAND=\n[X]\nCOMMAND=", Fault.DUPLICATE_SECTION, "the first one is in line 1"),
    ("[x]", Fault.NO_COMMAND, "has no COMMAND (RAS error 661)"),
    ("[x]\nOK=a\nCOMMAND=", Fault.NO_COMMAND, "before the first COMMAND"),
    ("[x]\nNoResponse\nCOMMAND=", Fault.NO_COMMAND, "before the first COMMAND"),
    ("[x]\nCOMAND=a\nCOMMAND=", Fault.UNKNOWN_KEYWORD, "'COMAND' is not a keyword (RAS error 698) | did you mean COM"),
    ("[x]\nCOMMAND=\n// hi", Fault.UNKNOWN_KEYWORD, "comments begin with a semicolon"),
    ("[x]\nCOMMAND=\nOK", Fault.NO_EQUALS, "write: OK="),
    ("[x]\nCOMMAND=<usrname>", Fault.UNKNOWN_MACRO, "did you mean <username>?"),
    ("[x]\nCOMMAND=<zzzzzz>", Fault.UNKNOWN_MACRO, "<zzzzzz> is not a macro of a log-in script (RAS error 654) | "),
    ("[x]\nCOMMAND=<x25adress>", Fault.UNKNOWN_MACRO, "did you mean <x25address>?"),
    ("[x]\nCOMMAND=<ignore>", Fault.UNKNOWN_MACRO, "means nothing in a command"),
    ("[x]\nCOMMAND=\nOK=<match>ogin", Fault.BAD_MATCH, "in quotes right after it"),
    ('[x]\nCOMMAND=\nOK=<match>""', Fault.BAD_MATCH, "looks for nothing"),
    ('[x]\nCOMMAND=\nOK=<match>"a<ignore>"', Fault.BAD_MATCH, "inside <match>"),
    ("[x]\nCOMMAND=\nOK=<ignore>x", Fault.BAD_MATCH, "nothing can follow <ignore>"),
    (f"[x]\nCOMMAND=\nOK={'x' * MAX_LINE}", Fault.TOO_LONG, "at most 1024 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault", "words"), ONE_FINDING, ids=[text[:30] for text, _, _ in ONE_FINDING])
def test_a_mistake_is_reported_once_with_its_ras_error(text: str, fault: Fault, words: str) -> None:
    parsed = parse(text)
    assert [each.code for each in parsed.diagnostics] == [fault.code]
    assert parsed.has_errors
    assert words in said(text)
    assert f"RAS error {fault.ras_error}" in said(text)


WARNINGS = [
    ("[x]\nCOMMAND=a<cr>\nCOMMAND=b<cr>", Fault.NO_RESPONSES, "goes no further"),
    ("[x]\nCommand=", Fault.SPELLING, "write COMMAND"),
    ("[x]\n ; hello\nCOMMAND=", Fault.DOUBTFUL_COMMENT, "in the first column"),
    ("[x]\nCOMMAND=a ; hello", Fault.DOUBTFUL_COMMENT, "part of the text"),
    ("[x]\nCOMMAND=\nMAXCARRIERBPS=9600", Fault.DEVICE_KEYWORD, "means nothing"),
    ("[x]\nCOMMAND_INIT=a", Fault.DEVICE_KEYWORD, "played like COMMAND"),
    ("[x]\nCOMMAND=a\nNoResponse\nOK=b", Fault.UNREACHABLE, "after NoResponse"),
]


@pytest.mark.parametrize(("text", "fault", "words"), WARNINGS, ids=[text for text, _, _ in WARNINGS])
def test_what_is_doubtful_is_a_warning_and_the_script_can_run(text: str, fault: Fault, words: str) -> None:
    parsed = parse(text)
    assert [(each.code, each.severity) for each in parsed.diagnostics] == [(fault.code, Severity.WARNING)]
    assert not parsed.has_errors
    assert words in said(text)


def test_a_mistake_in_a_text_is_shown_where_it_stands() -> None:
    assert mistakes("[x]\n COMMAND=\n OK=abc<foo>") == [(Fault.UNKNOWN_MACRO.code, 3, 8)]
    assert mistakes('[x]\nCOMMAND=\nOK=<match>"ab<foo>"') == [(Fault.UNKNOWN_MACRO.code, 3, 14)]


def test_lines_before_the_first_section_are_reported_once() -> None:
    assert mistakes("a\nb\n\n[x]\nCOMMAND=") == [(Fault.OUTSIDE_SECTION.code, 1, 1)]


def test_all_mistakes_are_found_in_one_reading() -> None:
    text = "[x]\nCOMAND=a\nCOMMAND=<foo>\nOK=<match>\nLOOP"
    assert [line for _, line, _ in mistakes(text)] == [2, 3, 4, 5]


def test_a_control_z_ends_the_file() -> None:
    assert parse("[x]\nCOMMAND=\x1a").sections[0].commands[0].pieces == ()


def test_a_section_is_found_without_regard_to_case() -> None:
    parsed = parse("[Generic login]\nCOMMAND=\n")
    assert find_section(parsed, "generic LOGIN ").name == "Generic login"


@pytest.mark.parametrize(
    ("name", "hint"), [("Generic logn", "did you mean 'Generic login'?"), ("zzz", "the file has:")]
)
def test_a_section_that_is_not_there_is_error_659(name: str, hint: str) -> None:
    with pytest.raises(ScriptError, match="RAS error 659") as raised:
        find_section(parse("[Generic login]\nCOMMAND=\n"), name)
    assert hint in str(raised.value)


def test_an_empty_file_has_no_section() -> None:
    with pytest.raises(ScriptError, match="the file has: none"):
        find_section(parse(""), "x")


def test_a_file_with_mistakes_has_no_section_to_play() -> None:
    with pytest.raises(ScriptError, match="SWI006"):
        find_section(parse("[x]\nCOMAND=\nCOMMAND="), "x")


def test_a_file_beyond_the_limit_is_refused_at_once() -> None:
    for text in ("x" * 2**21, b"\x00" * 50_000_000):
        assert [each.code for each in parse(text).diagnostics] == [Fault.TOO_LARGE.code]


def test_of_more_than_a_hundred_findings_the_first_are_told_with_a_note() -> None:
    diagnostics = parse("[x]\n" + "?\n" * 500).diagnostics
    assert len(diagnostics) == 101
    assert "there may be more" in diagnostics[-1].message


@settings(max_examples=100)
@given(
    st.text()
    | st.binary()
    | st.lists(
        st.sampled_from(
            ["[x]", "[", "COMMAND=", "OK=", "<match>", '"', "<ignore>", "<cr>", "\n", "<", ">", "NoResponse", "a", " ;"]
        )
    ).map("".join)
)
def test_any_text_and_any_octets_are_parsed(text: bytes | str) -> None:
    parse(text)


def test_the_sample_file_of_the_scenarios_is_right() -> None:
    parsed = parse((Path(__file__).parents[2] / "scenarios" / "scripts" / "switch.inf").read_bytes())
    assert parsed.diagnostics == ()
    assert [section.name for section in parsed.sections] == ["Generic login", "Menu login"]


def test_many_mistakes_in_one_section_hide_neither_a_correct_one_after_it_nor_the_mistake_of_another() -> None:
    text = "[before]\n" + "COMAND=\n" * 120 + "[good]\nCOMMAND=\nOK=<ignore>\n[after]\nCOMMAND=<oser>\n"
    parsed = parse(text)
    assert len(parsed.diagnostics) == 101
    assert find_section(parsed, "good").name == "good"
    with pytest.raises(ScriptError, match="<oser> is not a macro"):
        find_section(parsed, "after")
    with pytest.raises(ScriptError, match="'COMAND' is not a keyword"):
        find_section(parsed, "before")


def test_a_mistake_behind_many_warnings_keeps_its_section_from_running() -> None:
    text = "[x]\n" + "command=\nok=<ignore>\n" * 120 + "COMAND=\n"
    assert parse(text).has_errors
    with pytest.raises(ScriptError, match="'COMAND' is not a keyword"):
        find_section(parse(text), "x")


def test_a_macro_of_a_pad_does_not_block_a_correct_section() -> None:
    text = "[pad]\nCOMMAND=<x25address><cr>\nOK=<ignore>\n[good]\nCOMMAND=\nOK=<ignore>\n"
    assert find_section(parse(text), "good").name == "good"
    assert parse(text).diagnostics == ()


def test_a_mistake_in_another_section_does_not_block_a_correct_one() -> None:
    text = "[before]\nCOMAND=\nCOMMAND=\n[good]\nCOMMAND=\nOK=<ignore>\n[after]\nCOMAND=\n"
    assert find_section(parse(text), "good").name == "good"
    for name in ("before", "after"):
        with pytest.raises(ScriptError, match="COMAND"):
            find_section(parse(text), name)
