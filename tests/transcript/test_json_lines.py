"""A transcript's lines of JSON: nothing is lost on the way to them and back, and what is wrong is said."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp import facts
from simisp.circuits import Circuit
from simisp.errors import TranscriptError
from simisp.facts.fact import fact_kinds
from simisp.facts.line import CircuitSet, Dialled, Octets
from simisp.facts.sources import Source
from simisp.scenario.load import bundled
from simisp.transcript import Header, Record, read
from simisp.transcript.json_lines import header_line, record_line
from simisp.transcript.record import records_of
from simisp.transcript.schema import schema
from support.any_record import any_record
from support.session_dte import Dte, dial

HEADER = Header("login", "00ff", 7, "virtual", "2026-11-28T12:00:00.000+01:00", "0.1.0")


def _lines(*records: Record) -> list[str]:
    return [line + "\n" for line in (header_line(HEADER), *map(record_line, records))]


@settings(max_examples=100, deadline=None)
@given(st.builds(Header, st.text(), st.text(), st.integers(), st.text(), st.text(), st.text()))
def test_every_header_is_read_as_itself(header: Header) -> None:
    assert read([header_line(header) + "\n"]).header == header


@settings(max_examples=300, deadline=None)
@given(st.lists(any_record(), max_size=5))
def test_what_is_read_equals_what_was_written(records: list[Record]) -> None:
    records.sort(key=lambda record: record.at)
    found = read(_lines(*records))
    assert found.header == HEADER
    assert list(found.records) == records


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_the_transcript_of_a_call_comes_back_from_its_file(path: Path) -> None:
    dte = Dte.on(str(path))
    dial(dte)
    records = records_of(dte.outputs, at=1 / 3)
    assert len(records) > 5
    assert list(read(_lines(*records)).records) == records


def test_a_record_is_one_line_with_its_details_under_a_key_of_their_own() -> None:
    octets = record_line(Record(1.23456789, Source.ISP, Octets(b'\r\n\x00\xff"\\', ((2, 3),))))
    assert "\n" not in octets
    assert json.loads(octets) == {
        "at": 1.23456789, "source": "isp", "kind": "octets", "details": {"data": '\r\n\x00ÿ"\\', "secrets": [[2, 3]]}
    }  # fmt: skip
    dialled = json.loads(record_line(Record(0.0, Source.EXCHANGE, Dialled("1", "isp"), "line 2")))
    assert dialled == {
        "at": 0.0, "source": "exchange", "line": "line 2", "kind": "dialled",
        "details": {"number": "1", "leads_to": "isp"},
    }  # fmt: skip


def test_a_line_that_a_killed_run_did_not_finish_is_left_out() -> None:
    first, second = Record(0.0, Source.CLIENT, Octets(b"AT")), Record(1.0, Source.MODEM, CircuitSet(Circuit.RI, True))
    lines = _lines(first, second)
    for cut in range(1, len(lines[-1]) - 1):
        assert read([*lines[:-1], lines[-1][:cut]]).records == (first,)
    assert read([*lines[:-1], lines[-1].rstrip("\n")]).records == (first, second)


VALIDATOR = jsonschema.Draft202012Validator(schema())
_GOOD = json.loads(record_line(Record(0.0, Source.CLIENT, Octets(b"AT"))))
_DIALLED = json.loads(record_line(Record(0.0, Source.EXCHANGE, Dialled("1", "isp"))))
_HEADED = json.loads(header_line(HEADER))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("oops", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "a JSON object"),
        (json.dumps(_GOOD | {"kind": "fax"}), "unknown kind of fact 'fax'"),
        (json.dumps(_GOOD | {"kind": ["octets"]}), "unknown kind of fact"),
        (json.dumps(_GOOD | {"source": "dce"}), "'source' can't be 'dce'"),
        (json.dumps(_DIALLED | {"source": "isp"}), "'dialled' has the source 'exchange', not 'isp'"),
        (json.dumps(_GOOD | {"rate": 1}), "a record has no key 'rate': its keys are at, source, line, kind, details"),
        (json.dumps(_GOOD | {"at": "now"}), "'at' can't be 'now'"),
        (json.dumps(_GOOD | {"at": True}), "'at' can't be True"),
        (json.dumps(_GOOD | {"at": 10**400}), "'at' can't be 1000"),
        (json.dumps(_GOOD | {"details": []}), "should be an object"),
        (json.dumps(_GOOD | {"details": {}}), "'octets' lacks the detail 'data'"),
        (json.dumps(_GOOD | {"details": {"data": "AT", "rate": 1}}), "'octets' has no detail 'rate'"),
        (json.dumps(_GOOD | {"details": {"data": "\u2603"}}), "'data' can't be"),
        (json.dumps(_GOOD | {"details": {"data": "A", "secrets": [[0]]}}), "'secrets' can't be [[0]]"),
        (json.dumps(_GOOD | {"details": {"data": "A", "secrets": [[0, 1, 2]]}}), "'secrets' can't be [[0, 1, 2]]"),
        (json.dumps(_GOOD | {"details": {"data": "A", "secrets": 5}}), "'secrets' can't be 5"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_number(line: str, says: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        read([*_lines(), line + "\n"])
    assert caught.value.line == 2
    assert "line 2 of the transcript" in str(caught.value)
    assert says in str(caught.value)


def test_a_record_that_is_older_than_the_one_before_it_is_named_with_both_times() -> None:
    at_once = [Record(at, Source.CLIENT, Octets(b"AT")) for at in (0.0, 1.5, 1.5)]
    assert list(read(_lines(*at_once)).records) == at_once
    with pytest.raises(TranscriptError, match=r"^line 5 of the transcript: 'at' goes back from 1\.5 to 1\.25: the rec"):
        read(_lines(*at_once, Record(1.25, Source.CLIENT, Octets(b"AT"))))


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (_HEADED | {"host": "here"}, "the header has no key 'host': its keys are format, version,"),
        (
            _HEADED | {"scenario": _HEADED["scenario"] | {"seed": 1}},
            "the header's scenario has no key 'seed': its keys are name, digest",
        ),
    ],
)
def test_a_header_with_a_key_that_this_version_does_not_have_is_refused(first: dict[str, object], says: str) -> None:
    with pytest.raises(TranscriptError, match=f"^line 1 of the transcript: {re.escape(says)}"):
        read([json.dumps(first) + "\n"])
    assert not VALIDATOR.is_valid(first)


@pytest.mark.parametrize(
    "first", ["", "{}", '{"format": "simisp transcript"}', record_line(Record(0.0, Source.ISP, Octets(b"x")))]
)
def test_a_file_that_is_no_transcript_is_refused_by_its_first_line(first: str) -> None:
    with pytest.raises(TranscriptError, match="line 1 of the transcript"):
        read([first + "\n"])


def test_a_file_that_is_not_text_is_refused_with_the_line_and_the_octet(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes("\n".join(_lines()).encode() + b"\n\xff\xfe\n")
    with path.open(encoding="utf-8") as lines, pytest.raises(TranscriptError) as caught:
        read(lines)
    assert "octet 0xff is not UTF-8: this is not a transcript" in str(caught.value)
    path.write_bytes(b"\x80PNG\n")
    with path.open(encoding="utf-8") as lines, pytest.raises(TranscriptError, match=r"^line 1 of the transcript: oct"):
        read(lines)


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(TranscriptError, match=r"^line 1 of the transcript: it is empty"):
        read([])


@pytest.mark.parametrize("version", [2, 0, -1, True, "1", None])
def test_a_version_that_is_newer_or_none_is_refused(version: object) -> None:
    other = json.loads(header_line(HEADER)) | {"version": version}
    with pytest.raises(TranscriptError, match=f"version {version} of the format is not known here"):
        read([json.dumps(other) + "\n"])


def test_the_reader_knows_the_facts_of_every_module() -> None:
    program = "import simisp.transcript.reader, simisp.facts.fact as fact; print(*fact.fact_kinds(), sep='\\n')"
    known = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    for module in pkgutil.iter_modules(facts.__path__):
        importlib.import_module(f"{facts.__name__}.{module.name}")
    ours = {name for name, kind in fact_kinds().items() if kind.__module__.startswith(f"{facts.__name__}.")}
    assert ours <= set(known.splitlines())


def test_each_kind_of_fact_has_its_place_in_the_schema() -> None:
    known = {each["properties"]["kind"]["const"] for each in schema()["anyOf"][1:]}
    assert known == set(fact_kinds())


@settings(max_examples=100, deadline=None)
@given(any_record())
def test_what_is_written_keeps_to_the_schema(record: Record) -> None:
    for line in _lines(record):
        VALIDATOR.validate(json.loads(line))


@pytest.mark.parametrize("record", [_GOOD, _DIALLED], ids=["octets", "dialled"])
@pytest.mark.parametrize(
    "change",
    [
        *({"source": source.value} for source in Source),
        *({"at": at} for at in (0, 1.5, -1, "0", None, True)),
        *({"details": {"data": data}} for data in ("", "\xff\n", "\u0100", 1, None)),
        *({"details": {"data": "A", "secrets": secrets}} for secrets in ([], [[0, 1]], [[0]], [[0, 1, 2]], 5, [0])),
        *({name: "octets"} for name in ("kind", "line", "details", "rate")),
        *({name: {}} for name in ("kind", "line", "details", "rate")),
        *({name: None} for name in ("kind", "line", "details", "rate")),
    ],
    ids=json.dumps,
)
def test_reader_and_schema_agree_on_what_a_record_may_be(record: dict[str, object], change: dict[str, object]) -> None:
    line = record | change
    try:
        read([*_lines(), json.dumps(line) + "\n"])
    except TranscriptError:
        assert not VALIDATOR.is_valid(line)
    else:
        VALIDATOR.validate(line)
