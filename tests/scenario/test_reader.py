"""YAML as text and places."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.diagnostics import Place, SourceText
from simisp.scenario import reader
from simisp.scenario.document import Document, Mapping, Path, Scalar, Sequence, texts


def parse(text: str) -> Document:
    return reader.parse(SourceText("x.yaml", text))


def bare(place: Place) -> Place:
    """Return a place without its file, which is the one that all are in here."""
    assert place.file == "x.yaml"
    return replace(place, source=None)


def test_scalars_are_the_text_that_was_written() -> None:
    document = parse('a: no\nb: 1:30\nc: 0x10\nd: ~\ne: "2"\nf: 1_000\ng: 2026-11-23\n')
    assert document.plain() == {
        "a": "no", "b": "1:30", "c": "0x10", "d": "~", "e": "2", "f": "1_000", "g": "2026-11-23",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"), [("a:", None), ('a: ""', ""), ("a: ''", ""), ("a: |\n", ""), ("a: &x", None)]
)
def test_nothing_written_differs_from_an_empty_text(text: str, value: str | None) -> None:
    assert parse(text).plain() == {"a": value}


def test_every_value_and_every_key_knows_its_place() -> None:
    document = parse('a:\n  - "x": [one, {two: 2}]\n')
    assert bare(document.place(("a",))) == Place(2, 3)
    assert bare(document.key_place(("a",))) == Place(1, 1, 1)
    assert bare(document.key_place(("a", 0, "x"))) == Place(2, 5, 3)
    assert bare(document.place(("a", 0, "x", 0))) == Place(2, 11, 3)
    assert bare(document.place(("a", 0, "x", 1, "two"))) == Place(2, 22, 1)


@pytest.mark.parametrize("path", [("b",), ("a", 5), ("a", "x"), ("a", 0, "x", 0, "y"), ("a", 0, 0)])
def test_where_nothing_is_the_place_is_the_innermost_one_on_the_way(path: Path) -> None:
    document = parse("a:\n  - x: [one]\n")
    assert document.node(path) is None
    inner = path
    while document.node(inner) is None:
        inner = inner[:-1]
    assert document.place(path) == document.place(inner)
    assert document.key_place(path) == document.place(inner)


def test_a_document_without_anything_has_its_place_at_the_beginning() -> None:
    document = parse("")
    assert document.root is None
    assert document.diagnostics == []
    assert document.plain() is None
    assert bare(document.place(("a", 0))) == Place(1, 1)
    assert bare(document.key_place(("a",))) == Place(1, 1)


def test_a_tag_is_refused_and_the_rest_is_read() -> None:
    document = parse("a: !!int 3\nb: ! x\n")
    assert document.plain() == {"a": "3", "b": "x"}
    messages = [diagnostic.message for diagnostic in document.diagnostics]
    assert messages == ["the tag tag:yaml.org,2002:int is not allowed"]


def test_an_alias_stands_for_its_anchor_at_the_anchors_place() -> None:
    document = parse("a: &x {b: [1]}\nc: *x\nd: &y text\ne: *y\n")
    assert document.plain() == {"a": {"b": ["1"]}, "c": {"b": ["1"]}, "d": "text", "e": "text"}
    assert document.place(("c", "b", 0)) == document.place(("a", "b", 0))
    assert bare(document.place(("a", "b", 0))) == Place(1, 12, 1)


def test_the_first_of_two_equal_keys_is_kept() -> None:
    document = parse("a: 1\na: 2\n")
    assert document.plain() == {"a": "1"}
    assert document.diagnostics[0].hint == "first on line 1"


def test_a_key_that_is_nothing_is_an_empty_text() -> None:
    assert parse("? \n: x\n").plain() == {"": "x"}


def test_forty_levels_are_taken_and_one_more_is_not() -> None:
    assert parse("[" * 40 + "]" * 40).root is not None
    assert parse("[" * 41 + "]" * 41).root is None


def test_forty_levels_by_aliases_are_taken_and_one_more_is_not() -> None:
    inner = "a: &a " + "[" * 20 + "]" * 20
    assert parse(f"{inner}\nb: {'[' * 18}*a{']' * 18}").root is not None
    document = parse(f"{inner}\nb: {'[' * 20}*a{']' * 20}")
    assert document.root is None
    assert "by aliases" in document.diagnostics[0].message


def test_every_character_that_cannot_stand_in_yaml_is_told_up_to_twenty() -> None:
    document = parse("a: \x01\r\nb: \x02\rc: \x9f\n" + "\x7f" * 30)
    places = [bare(diagnostic.place) for diagnostic in document.diagnostics]
    assert places[:3] == [Place(1, 4), Place(2, 4), Place(3, 4)]
    assert len(places) == 20
    assert document.diagnostics[0].hint.startswith(r"write it as the escape \x01")


def test_what_escapes_stand_for_is_taken() -> None:
    assert parse(r'a: "\e\x07\u2028\0"').plain() == {"a": "\x1b\x07\u2028\0"}


@pytest.mark.parametrize("text", ["a: [x", "a: {b: c", 'a: "x\n  y', "a: 'x", "a: [x\nb: y"])
def test_what_is_not_closed_is_shown_where_it_was_opened(text: str) -> None:
    [diagnostic] = parse(text).diagnostics
    assert bare(diagnostic.place) == Place(1, 4)
    assert diagnostic.hint.endswith("not closed")


def test_an_error_without_marks_is_told_at_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise yaml.MarkedYAMLError(problem="strange")

    monkeypatch.setattr(yaml, "parse", fail)
    [diagnostic] = parse("a").diagnostics
    assert (bare(diagnostic.place), diagnostic.message) == (Place(1, 1), "not YAML: strange")


def test_a_byte_order_mark_in_front_is_no_text() -> None:
    source, diagnostics = reader.decode(b"\xef\xbb\xbftitle: x", "x.yaml")
    assert (source.text, diagnostics) == ("title: x", [])


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"\xff", Place(1, 1)), ("é\n€ß".encode() + b"\xe9x", Place(2, 3)), (b"a\r\nb\r\xc3", Place(3, 1))],
)
def test_an_octet_that_is_not_utf_8_is_told_at_its_character(data: bytes, place: Place) -> None:
    _, [diagnostic] = reader.decode(data, "x.yaml")
    assert bare(diagnostic.place) == place
    assert diagnostic.hint == "save the file as UTF-8"


def test_a_key_gets_another_name_at_its_place_in_the_order() -> None:
    root = parse("a: 1\nb: 2\nc: 3\n").root
    assert isinstance(root, Mapping)
    root.rename("b", "x")
    assert list(root.keys) == list(root.values) == ["a", "x", "c"]
    assert bare(root.keys["x"].place) == Place(2, 1, 1)
    inner = root.values["x"]
    assert replace(inner, place=bare(inner.place)) == Scalar(Place(2, 4, 1), "2")


def test_all_texts_of_a_value_are_its_keys_and_scalars() -> None:
    root = parse("a: [b, {c: d}, []]\ne:\n").root
    assert root is not None
    assert list(texts(root)) == ["a", "b", "c", "d", "e"]


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t\r~é\x00\x1b\u2028😀"), max_size=60))
def test_no_text_raises(text: str) -> None:
    document = parse(text)
    for diagnostic in document.diagnostics:
        assert diagnostic.place.line >= 1
        assert diagnostic.place.column >= 1
    assert document.root is None or isinstance(document.root, (Scalar, Sequence, Mapping))


PLAIN = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_whatever_is_dumped_is_read_back(value: object) -> None:
    assert parse(yaml.safe_dump(value, default_style='"')).plain() == value
