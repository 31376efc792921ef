"""A run as something to draw: rows, spans, lanes, idle times; and drawing, recording and JUnit report of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simisp.errors import FileError
from simisp.facts import line, run
from simisp.facts.sources import Source
from simisp.report.page.page import page
from simisp.report.page.self_contained import embedded_json
from simisp.report.picture.idle import TimeAxis, idle_times
from simisp.report.picture.model import Picture, picture_of
from simisp.report.picture.rows import Row
from simisp.report.picture.spans import Tone
from simisp.report.picture.wording import LaneKind
from simisp.report.products import Products
from simisp.report.svg import svg
from simisp.transcript import Record
from simisp.transcript.record import octets_record
from support.any_record import any_record
from support.pictured_runs import HEADER, HOSTILE, bank, hang, many

UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rows_of(*records: Record) -> list[Row]:
    return list(picture_of(HEADER, records).rows)


def test_octets_that_come_one_by_one_are_one_row_and_their_echo_is_known() -> None:
    records = []
    for place, octet in enumerate(b"ATZ\r"):
        records += [octets_record(place * 0.1, side, bytes([octet])) for side in (Source.CLIENT, Source.MODEM)]
    records.append(octets_record(0.4, Source.MODEM, b"\r\n\r\nOK\r\n"))
    rows = [(row.at, round(row.until, 3), row.text, row.is_echo) for row in rows_of(*records)]
    assert rows == [
        (0.0, 0.3, "ATZ\r", False), (0.0, 0.4, "ATZ\r\r\n", True), (0.4, 0.4, "\r\nOK\r\n", False),
    ]  # fmt: skip


SIDES = (Source.CLIENT, Source.MODEM, Source.ISP)
PIECES = st.builds(lambda piece, times: piece * times, st.binary(min_size=1, max_size=20), st.sampled_from([1, 2, 500]))


@UNHURRIED
@given(st.lists(st.tuples(st.sampled_from(SIDES), PIECES), max_size=12))
def test_no_octet_is_lost_or_changed_however_it_came(said: list[tuple[Source, bytes]]) -> None:
    rows = rows_of(*(octets_record(at * 0.1, source, data) for at, (source, data) in enumerate(said)))
    for lane, source in ((LaneKind.CLIENT, Source.CLIENT), (LaneKind.MODEM, Source.MODEM), (LaneKind.ISP, Source.ISP)):
        shown = "".join(row.text for row in rows if row.lane is lane)
        assert shown.encode("latin-1") == b"".join(data for each, data in said if each is source)
    assert all(len(row.text) <= 2 * 4096 for row in rows)


def test_a_run_without_end_keeps_its_first_and_its_newest_rows() -> None:
    records = (Record(float(number), Source.MODEM, line.CommandRun(f"AT{number}", None)) for number in range(100_500))
    picture = picture_of(HEADER, records)
    assert (picture.rows[0].text, picture.rows[-1].text) == ("runs AT0", "runs AT100499")
    assert (len(picture.rows), picture.dropped) == (100_000, 500)


def test_a_wait_has_its_limit_and_the_hang_its_holder() -> None:
    picture = picture_of(HEADER, hang())
    found = {(span.lane.value, span.depth): span for span in picture.spans if span.tone in (Tone.HANG, Tone.SILENT)}
    held, silent = found["port", 1], found["ISP", 1]
    assert (held.start, held.end, held.label) == (1.2, 600.0, "chat, pid 7: blocked in read(0, …)")
    assert (held.limit, silent.label, silent.limit) == ("limit at 3001.200 s", "silent forever", "no limit")
    assert picture.hang_at == 1.2
    waited = next(span for span in picture.spans if span.lane is LaneKind.CLIENT and span.depth == 1)
    assert (waited.label, waited.start, waited.end, waited.limit) == (
        "pid 7: read(0)",
        1.2,
        3001.2,
        "limit at 3001.200 s",
    )


def test_a_hang_on_one_of_several_lines_says_which_line_everywhere() -> None:
    records = [
        Record(
            5.0,
            run.VerdictReached.source,
            run.VerdictReached(run.VerdictKind.HANG, "the command holds the port of line 2"),
        ),
        Record(5.0, Source.PORT, run.HolderSeen(7, "cat", "descriptor 3 (read)", "blocked in read(3, …)", 5.0), "2"),
        Record(5.0, Source.CLIENT, run.ClientWaited(7, 7, "read(3)", 1.0, None, on_line=True), "2"),
    ]
    picture = picture_of(HEADER, records)
    assert picture.findings == (
        "pid 7 (cat) holds the port of line 2 on descriptor 3 (read), blocked in read(3, …)",
        "pid 7 waits on line 2 in read(3) since 1.000 s, forever",
    )
    assert [(span.line, span.tone) for span in picture.spans if span.tone is Tone.HANG] == [("2", Tone.HANG)]
    assert all(each in page(picture) for each in picture.findings)
    assert [row.text for row in picture.rows][1:] == list(picture.findings)


def test_a_released_run_has_no_hang() -> None:
    picture = picture_of(
        HEADER, [Record(1.0, Source.RUN, run.VerdictReached(run.VerdictKind.RELEASED, "the port came free"))]
    )
    assert picture.hang_at is None


@UNHURRIED
@given(any_record())
def test_every_kind_of_fact_has_a_lane_and_words_that_are_safe_to_show(record: Record) -> None:
    rows = rows_of(record)
    assert rows
    assert all(row.text.isprintable() for row in rows if row.kind != "octets")


def test_a_password_in_a_command_or_marked_as_secret_is_in_no_file(tmp_path: Path) -> None:
    names = {kind: str(tmp_path / kind) for kind in ("html", "svg", "asciicast", "junit")}
    with Products(names) as products:
        products.begin(HEADER)
        for record in hang():
            products(record)
    for name in names:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "swordfish" not in text, name
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert "*********" in (tmp_path / "html").read_text(encoding="utf-8")


def test_a_file_that_can_not_be_written_is_named_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the page can't be written"):
        Products({"html": str(tmp_path / "none" / "a.html")})


@UNHURRIED
@given(st.text())
def test_no_text_can_end_the_element_that_holds_the_data(text: str) -> None:
    written = embedded_json({"text": text})
    assert not set("<>&") & set(written)
    assert json.loads(written) == {"text": text}


def test_a_page_loads_nothing_and_admits_only_its_own_program() -> None:
    text = page(picture_of(HEADER, hang()))
    assert "default-src 'none'" in text
    assert not re.findall(r'(?:src|href)="|@import|url\(', text)
    assert text.count("<script") == text.count("</script>") == 2


def test_the_page_says_the_verdict_and_the_holder_to_a_browser_without_a_program() -> None:
    text = page(picture_of(HEADER, hang()))
    head = text.partition('<script type="application/json"')[0]
    assert 'class="badge hang">hang</span>the command still holds the port' in head
    assert "pid 7 (chat ogin:) holds the port on descriptor 0 (read and write), blocked in read(0, …)" in head


@UNHURRIED
@given(st.lists(st.floats(0.0, 1e7), min_size=1))
def test_time_never_runs_backwards_on_an_axis_with_idle_times(times: list[float]) -> None:
    idle = idle_times([0.0, *times])
    axis = TimeAxis(max(times), idle)
    places = [axis.at(time) for time in sorted(times)]
    assert places == sorted(places)
    assert all(0.0 <= place <= 1.0 for place in places)
    assert all(later - sooner >= 5.0 for sooner, later in idle)


def test_a_drawing_is_xml_names_the_holder_and_stays_small() -> None:
    text = svg(picture_of(HEADER, hang()))
    ET.fromstring(text)
    assert "chat, pid 7: blocked in read(0, …)" in text
    assert "10 min" in text
    assert len(svg(picture_of(HEADER, many(20_000)))) < 200_000


def test_a_drawing_of_several_lines_has_the_whole_name_of_each_lane() -> None:
    drawn = svg(picture_of(HEADER, bank("1", "branch office")))
    assert ">branch office: circuits</text>" in drawn
    assert ">1: modem</text>" in drawn
    assert "…</text>" in svg(picture_of(HEADER, bank("a" * 60)))


def test_a_recording_is_asciicast_v2_and_its_times_never_decrease(tmp_path: Path) -> None:
    with Products({"asciicast": str(tmp_path / "cast")}) as products:
        products.begin(HEADER)
        for record in hang():
            products(record)
    header, *events = map(json.loads, (tmp_path / "cast").read_text(encoding="utf-8").splitlines())
    assert (header["version"], header["title"]) == (2, "hang")
    assert [at for at, _, _ in events] == sorted(at for at, _, _ in events)
    assert {kind for _, kind, _ in events} == {"o"}
    shown = "".join(text for _, _, text in events)
    assert "\x1b[1;31mhang: the command still holds the port\x1b[0m\r\n" in shown
    assert set(re.findall(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", shown)) == {"\x1b"}


def junit_of(picture: Picture) -> ET.Element:
    from simisp.report.junit import junit

    return ET.fromstring(junit(picture))[0]


def test_a_junit_report_has_the_hang_as_an_error_and_a_broken_expectation_as_a_failure() -> None:
    broken = Record(3001.2, Source.RUN, run.ExpectationJudged("log-in <accepted>", held=False, found="none came"))
    unjudged = Record(3001.2, Source.RUN, run.ExpectationJudged("exit status 0", held=None, found="still running"))
    suite = junit_of(picture_of(HEADER, [*hang(), broken, unjudged]))
    outcomes = [[child.tag for child in case] for case in suite.iter("testcase")]
    assert outcomes == [["error"], [], ["failure"], ["skipped"]]
    assert {name: suite.get(name) for name in ("tests", "errors", "failures", "skipped")} == {
        "tests": "4", "errors": "1", "failures": "1", "skipped": "1",
    }  # fmt: skip
    error = suite[0][0]
    assert error.get("message") == "hang: the command still holds the port"
    assert "blocked in read(0, …)" in (error.text or "")
    assert suite[2].get("name") == "log-in <accepted>"


def test_hostile_octets_leave_a_junit_report_well_formed() -> None:
    suite = junit_of(picture_of(HEADER, [octets_record(0.0, Source.ISP, HOSTILE + b"]]>\r\n")]))
    assert "</script>" in (suite.findtext("system-out") or "")


def test_a_picture_of_a_terminal_shows_the_dialogue_and_the_verdict() -> None:
    from simisp.report.picture.rows import without_secrets
    from simisp.report.terminal_svg import terminal_svg

    text = terminal_svg(HEADER, [without_secrets(record) for record in hang()], "simisp run <hang>")
    lines = ["".join(element.itertext()) for element in ET.fromstring(text) if element.tag.endswith("text")]
    assert lines[0] == "$ simisp run <hang>"
    assert any("1.000  <--  CONNECT 33600" in line for line in lines)
    assert "hang: the command still holds the port" in lines
    assert max(map(len, lines)) <= 104
    assert "swordfish" not in text


def test_the_page_marks_what_went_wrong_and_goes_to_the_process_that_holds_the_port() -> None:
    data = json.loads(page(picture_of(HEADER, hang())).partition('id="run">')[2].partition("</script>")[0])
    kinds = [row[4] for row in data["rows"]]
    bad = {kind for kind, row in zip(kinds, data["rows"], strict=True) if row[6] & 4}
    assert kinds[data["hang"]["row"]] == run.HolderSeen.kind
    assert bad == {fact.kind for fact in (run.VerdictReached, run.HolderSeen, run.ClientWaited)}
    assert not data["verdict"]["isGood"]
