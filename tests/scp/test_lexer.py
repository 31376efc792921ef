from __future__ import annotations

import pytest

from simisp.diagnostics import Place
from simisp.scp.faults import Fault, Findings
from simisp.scp.lexer import MAX_INTEGER, RESERVED_WORDS, TokenKind, tokenize


def read(text: str) -> tuple[list[tuple[TokenKind, str]], list[str]]:
    """Return tokens as kind and text, and the codes of the mistakes."""
    findings = Findings()
    tokens = tokenize(text, findings).tokens
    assert tokens[-1].kind is TokenKind.END
    return [(token.kind, token.text) for token in tokens[:-1]], [each.code for each in findings.diagnostics()]


def texts(text: str) -> list[str]:
    tokens, mistakes = read(text)
    assert not mistakes
    return [token for _, token in tokens]


def test_a_comment_runs_to_the_end_of_its_line() -> None:
    lexed = tokenize("halt ; now\ndelay 5", Findings())
    assert [token.text for token in lexed.tokens] == ["halt", "delay", "5", ""]
    assert lexed.comments == [("; now", Place(1, 6, 5))]


def test_a_semicolon_in_a_string_is_part_of_it() -> None:
    assert texts('"a;b"') == ["a;b"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_in_three_ways(end: str) -> None:
    tokens = tokenize(f"a{end}{end}  b ; c{end}d", Findings()).tokens
    assert [(token.text, token.line, token.column) for token in tokens[:3]] == [("a", 1, 1), ("b", 3, 3), ("d", 4, 1)]


def test_keywords_are_known_in_any_case_and_keep_their_spelling() -> None:
    tokens, _ = read("WaitFor main TRUE")
    assert tokens == [(TokenKind.KEYWORD, "WaitFor"), (TokenKind.NAME, "main"), (TokenKind.KEYWORD, "TRUE")]


def test_the_reserved_words_are_those_of_the_documentation() -> None:
    documented = """and boolean databits delay do endif endproc endwhile even FALSE getip goto halt if integer ipaddr
    keyboard mark matchcase none odd off on or parity port proc raw screen set space stopbits string then transmit TRUE
    until waitfor while"""
    assert set(documented.lower().split()) == RESERVED_WORDS


def test_names_begin_with_a_letter_or_an_underscore() -> None:
    assert texts("_a1 a_1") == ["_a1", "a_1"]


def test_operators_need_no_space() -> None:
    assert texts("a<=b==c!=!d>=-e") == ["a", "<=", "b", "==", "c", "!=", "!", "d", ">=", "-", "e"]


def test_an_escaped_quote_does_not_end_a_string() -> None:
    assert texts(r'"say \"hi\" \\" x') == [r"say \"hi\" \\", "x"]


def test_a_string_may_span_lines() -> None:
    tokens = tokenize('"a\r\nb" c', Findings()).tokens
    assert (tokens[0].text, tokens[0].line, tokens[0].last_line, tokens[0].length) == ("a\r\nb", 1, 2, 2)
    assert (tokens[1].line, tokens[1].column) == (2, 4)


def test_every_string_may_span_lines() -> None:
    assert texts('"a\nb" "c\nd"\n"e"') == ["a\nb", "c\nd", "e"]


def test_a_lacking_quote_is_blamed_on_the_first_string_that_spans_lines() -> None:
    tokens, mistakes = read('"a" "b\n"c" "d"')
    assert [text for _, text in tokens] == ["a", "b", "c", "d"]
    assert mistakes == [Fault.UNTERMINATED_STRING.value]


def test_a_string_open_at_the_end_of_the_text_is_closed_there() -> None:
    tokens, mistakes = read('x "abc')
    assert [text for _, text in tokens] == ["x", "abc"]
    assert mistakes == [Fault.UNTERMINATED_STRING.value]


def test_a_trailing_backslash_does_not_close_a_string() -> None:
    tokens, mistakes = read('"C:\\"')
    assert [text for _, text in tokens] == ['C:\\"']
    assert mistakes == [Fault.UNTERMINATED_STRING.value]


@pytest.mark.parametrize("number", ["0", "007", str(MAX_INTEGER)])
def test_whole_numbers_up_to_31_bits_are_integers(number: str) -> None:
    assert read(number) == ([(TokenKind.INTEGER, number)], [])


@pytest.mark.parametrize("number", ["30s", "3.5", "0x10", str(MAX_INTEGER + 1), "9" * 6000])
def test_other_numbers_are_mistakes(number: str) -> None:
    tokens, mistakes = read(number)
    assert [kind for kind, _ in tokens] == [TokenKind.INTEGER]
    assert mistakes == [Fault.BAD_NUMBER.value]


def test_a_long_wrong_number_is_shown_short() -> None:
    findings = Findings()
    tokenize("1" + "x" * 1000, findings)
    assert len(findings.diagnostics()[0].message) < 80


def test_the_four_system_variables_are_known_in_any_case() -> None:
    assert texts("$USERID $password $Success $FAILURE") == ["$USERID", "$password", "$Success", "$FAILURE"]


@pytest.mark.parametrize(("name", "hint"), [("$USERNAME", "$USERID"), ("$", "provides"), ("$zzz", "provides")])
def test_an_unknown_system_variable_gets_the_nearest_one_or_all(name: str, hint: str) -> None:
    findings = Findings()
    tokenize(name, findings)
    (diagnostic,) = findings.diagnostics()
    assert diagnostic.code == Fault.UNKNOWN_SYSTEM_VARIABLE.value
    assert hint in diagnostic.hint


@pytest.mark.parametrize(("foreign", "own"), [("&&", "and"), ("||", "or"), ("<>", "!="), ("===", "=="), ("!==", "!=")])
def test_operators_of_other_languages_are_reported_and_understood(foreign: str, own: str) -> None:
    tokens, mistakes = read(f"a {foreign} b")
    assert [text for _, text in tokens] == ["a", own, "b"]
    assert mistakes == [Fault.FOREIGN_OPERATOR.value]


@pytest.mark.parametrize(
    ("junk", "hint"), [("'", "double quotes"), ("“", "double quotes"), ("#", "semicolon"), ("?", "")]
)
def test_an_unknown_character_is_reported_with_what_was_meant(junk: str, hint: str) -> None:
    findings = Findings()
    tokenize(f"a {junk} b", findings)
    (diagnostic,) = findings.diagnostics()
    assert diagnostic.code == Fault.UNKNOWN_CHARACTER.value
    assert hint in diagnostic.hint


def test_a_run_of_junk_is_one_mistake() -> None:
    findings = Findings()
    tokenize("\x00\x01\x02\x03", findings)
    assert findings.diagnostics()[0].message == "these 4 characters mean nothing outside a string"


def test_a_control_z_at_the_end_is_the_end() -> None:
    assert texts("halt\n\x1a") == ["halt"]


def test_a_name_has_255_characters_at_most() -> None:
    tokens, mistakes = read("x" * 256)
    assert [len(text) for _, text in tokens] == [255]
    assert mistakes == [Fault.NAME_TOO_LONG.value]


def test_reading_stops_when_there_are_a_hundred_mistakes() -> None:
    findings = Findings()
    tokenize("? " * 200, findings)
    diagnostics = findings.diagnostics()
    assert len(diagnostics) == 101
    assert "first 100" in diagnostics[-1].message
