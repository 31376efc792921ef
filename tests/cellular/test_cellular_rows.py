"""Every row of the table of cellular commands, in its set, read and test forms."""

from __future__ import annotations

import re

import pytest

from cellular.cellular_play import OK, CellularPlay, error, said
from simisp.cellular.rows import CELLULAR_ROWS, CELLULAR_TABLE
from simisp.modem.command_row import CommandRow, Disposition

_FINAL = re.compile(rb"\r\n(OK|ERROR|\+CM[ES] ERROR: \d+|NO CARRIER|> )(\r\n)?\Z")
ROWS = [pytest.param(row, id=row.name) for row in CELLULAR_ROWS]
KEPT = [pytest.param(row, id=row.name) for row in CELLULAR_ROWS if row.factory]


def play() -> CellularPlay:
    return CellularPlay(apn="internet", starts_in=1.0)


def test_no_two_rows_have_the_same_name() -> None:
    assert len(CELLULAR_TABLE) == len(CELLULAR_ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_its_clause_and_says_what_becomes_of_it(row: CommandRow) -> None:
    assert re.match(r"(27\.00[57]|V\.250) [\dC]", row.clause)
    assert row.meaning
    assert row.disposition in Disposition


@pytest.mark.parametrize("row", ROWS)
def test_every_row_answers_each_of_its_forms_once_and_then_takes_the_next_command(row: CommandRow) -> None:
    for form in ("=?", "?", "", "=", "=1", "=0", '="x"', "=,,", "=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18"):
        modem = play()
        answer = modem.finishes(row.name + form)
        if answer.endswith(b"> "):
            answer += modem.types(b"\x1b")
            assert answer.endswith(OK)
        elif not answer.endswith((b"CONNECT\r\n", b"CONNECT 33600\r\n")) and modem.modem.state.value == "command":
            assert _FINAL.search(answer) or b"RDY" in answer, (form, answer)
        else:
            continue
        assert modem.finishes("") == OK, form


@pytest.mark.parametrize("row", ROWS)
def test_every_row_that_is_not_declined_answers_the_test_form_with_ok(row: CommandRow) -> None:
    if row.disposition is not Disposition.DECLINED:
        assert play().finishes(f"{row.name}=?").endswith(OK)


@pytest.mark.parametrize("row", KEPT)
def test_every_row_that_keeps_values_takes_back_what_it_has_shown(row: CommandRow) -> None:
    modem = play()
    shown = modem.finishes(f"{row.name}?")
    assert shown.startswith(f"\r\n{row.name}: ".encode())
    values = shown.split(b": ", 1)[1].split(b"\r\n")[0].decode()
    kept = ",".join(values.split(",")[: len(row.factory)])
    assert modem.finishes(f"{row.name}={kept}") == OK
    assert modem.finishes(f"{row.name}?") == shown


@pytest.mark.parametrize("row", KEPT)
def test_every_row_that_keeps_values_refuses_one_out_of_range_and_keeps_the_old_one(row: CommandRow) -> None:
    modem = play()
    before = modem.finishes(f"{row.name}?")
    assert b"ERROR" in modem.finishes(f"{row.name}=99999999")
    assert modem.finishes(f"{row.name}?") == before


ANSWERS = [
    ("+CGMI", said("simisp")),
    ("+CGMI=?", OK),
    ("+CGMI?", error(4)),
    ("+CGSN", said("490154203237518")),
    ("+CIMI", said("001010123456789")),
    ("+CLIP?", said("+CLIP: 0,1")),
    ("+CLIR?", said("+CLIR: 0,4")),
    ("+CCFC=0,2", said("+CCFC: 0,7")),
    ("+CCFC=0,3", error(50)),
    ('+CCFC=0,3,"+316123";+CCFC=0,2,,,1', said('+CCFC: 1,1,"+316123",145')),
    ('+CCFC=2,3,"55",,1,,,15;+CCFC=2,2', said('+CCFC: 1,1,"55",129,,,15')),
    ('+CCFC=2,3,"55",,1,,,99', error(50)),
    ('+CCFC=0,3,"55",,1;+CCFC=0,0;+CCFC=0,2,,,1', said('+CCFC: 0,1,"55",129')),
    ('+CCFC=4,3,"55",,1;+CCFC=5,4;+CCFC=1,2,,,1;+CCFC=0,2,,,1', said("+CCFC: 0,1", '+CCFC: 1,1,"55",129')),
    ("+CCFC=1,1", error(22)),
    ("+CCFC=6,2", error(50)),
    ("+CCWA=1;+CCWA?", said("+CCWA: 1")),
    ("+CCWA=1,2", said("+CCWA: 0,7")),
    ("+CCWA=1,1,1;+CCWA=1,2", said("+CCWA: 1,1")),
    ("+CCWA=1,1;+CCWA=1,0,2;+CCWA=1,2", said("+CCWA: 1,1", "+CCWA: 1,4")),
    ("+CHLD=1", error(3)),
    ("+COPN", said('+COPN: "00101","Simisp Mobile"', '+COPN: "00102","Other Mobile"')),
    ("+CGCONTRDP", OK),
    ("+CGCONTRDP=?", said("+CGCONTRDP: ()")),
    (
        "+CGACT=1,1;+CGCONTRDP",
        said('+CGCONTRDP: 1,5,"internet","192.0.2.1.255.255.255.0","192.0.2.254","192.0.2.253","192.0.2.252"'),
    ),
    ("+CGACT=1,1;+CGPADDR=1", said('+CGPADDR: 1,"192.0.2.1"')),
    ("+CGPADDR=1", said("+CGPADDR: 1")),
    (
        '+CGDCONT=2,"IPV4V6","x";+CGACT=1,2;+CGPADDR=2',
        said('+CGPADDR: 2,"192.0.2.2","32.1.13.184.0.2.0.0.0.0.0.0.0.0.0.1"'),
    ),
    ("+CGACT=1,1;+CGACT?;+CGACT=0,1;+CGACT?", said("+CGACT: 1,1", "+CGACT: 1,0")),
    ("+CGATT=0;+CGATT?;+CGREG?;+CREG?", said("+CGATT: 0", "+CGREG: 0,0", "+CREG: 0,1")),
    ("+CGATT=0;+CGACT=1,1", error(30)),
    ("+CUAD", said("+CUAD: 61184F10A0000000871002FFFFFFFF890709000050045553494D")),
    ('+CPBW=1,"123",,"Anna";+CPBF="an"', said('+CPBF: 1,"123",129,"Anna"')),
    ('+CPBF="an"', error(22)),
    ("+VTS=1", error(3)),
    ("+VTS=Q", error(50)),
]


@pytest.mark.parametrize(("line", "answer"), ANSWERS)
def test_a_command_line_is_answered(line: str, answer: bytes) -> None:
    assert play().finishes(line) == answer


TEXTS = [
    ("+COPS?", said('+COPS: 0,0,"00530069006D0069007300700020004D006F00620069006C0065",7')),
    ("+COPS=3,2;+COPS?", said('+COPS: 0,2,"00101",7')),
    ('+COPS=1,0,"00530069006D0069007300700020004D006F00620069006C0065"', OK),
    ('+CPBW=1,"123",,"00C90061";+CPBR=1', said('+CPBR: 1,"123",129,"00C90061"')),
    ('+CPBW=1,"123",,"00C"', error(50)),
]


@pytest.mark.parametrize(("line", "answer"), TEXTS)
def test_with_ucs2_texts_are_hexadecimal(line: str, answer: bytes) -> None:
    modem = play()
    assert modem.runs('+CSCS="UCS2"') == OK
    assert modem.finishes(line) == answer


def test_a_name_written_in_one_set_is_read_in_another() -> None:
    modem = play()
    assert modem.runs('+CSCS="UCS2";+CPBW=1,"123",,"0041006E006E0061"') == OK
    assert modem.runs('+CSCS="IRA";+CPBR=1') == said('+CPBR: 1,"123",129,"Anna"')


def test_what_is_too_long_for_the_phone_book_is_refused_by_name() -> None:
    modem = play()
    assert modem.runs(f'+CPBW=1,"{"1" * 41}"') == error(26)
    assert modem.runs(f'+CPBW=1,"1",,"{"a" * 15}"') == error(24)
    for _ in range(250):
        assert modem.runs('+CPBW=,"1"') == OK
    assert modem.runs('+CPBW=,"1"') == error(20)


def test_a_ussd_code_is_answered_a_moment_later_in_the_chosen_set() -> None:
    modem = CellularPlay(services={"*100#": "5 left"}, service_takes=2.0)
    assert modem.runs('+CUSD=1,"*100#",15') == OK
    assert modem.waits(1.9) == b""
    assert modem.waits(0.1) == b'\r\n+CUSD: 0,"5 left",15\r\n'
    assert modem.runs('+CSCS="UCS2";+CUSD=1,"002A0031003000300023",15') == OK
    assert modem.waits(2.0) == b'\r\n+CUSD: 0,"00350020006C006500660074",72\r\n'
    assert modem.runs('+CSCS="IRA";+CUSD=1,"*999#"') == OK
    assert modem.waits(2.0) == b"\r\n+CUSD: 4\r\n"
