"""The files of a SIM through +CRSM."""

from __future__ import annotations

import pytest

from cellular.cellular_play import CellularPlay, error, said
from simisp.cellular.sim import SimConfig

SIM = SimConfig(imsi="001010123456789", iccid="89001012345678901234", number="+31612345678", provider="simisp")
READS = [
    ("176,12258,0,0,10", '144,0,"98000121436587092143"'),
    ("176,28589,0,0,4", '144,0,"00000002"'),
    ("176,28486,0,0,17", '144,0,"0173696D697370FFFFFFFFFFFFFFFFFFFF"'),
    ("176,28423,0,0,9", '144,0,"080910101032547698"'),
    ("176,28423,0,1,2", '144,0,"0910"'),
    ("176,28536,0,0,2", '144,0,"0200"'),
    ("178,28480,1,4,32", '144,0,"' + "FF" * 16 + "0791" + "1316325476F8" + "FF" * 4 + 'FFFF"'),
    ("178,28480,2,4,32", "107,0"),
    ("176,28480,0,0,32", "107,0"),
    ("178,12258,1,4,10", "107,0"),
    ("192,12258", '144,0,"0000000A2FE204000FFF4401020000"'),
    ("192,28480", '144,0,"0000001E6F4004000FFF440102011E"'),
    ("192,28600", "106,130"),
    ("176,28600,0,0,1", "106,130"),
    ("242", "144,0"),
    ("203,12258", "109,0"),
]


@pytest.mark.parametrize(("request_", "answer"), READS)
def test_a_file_is_read(request_: str, answer: str) -> None:
    assert CellularPlay(sim=SIM).runs(f"+CRSM={request_}") == said(f"+CRSM: {answer}")


def test_a_file_is_updated_and_read_again() -> None:
    modem = CellularPlay(sim=SIM)
    assert modem.runs('+CRSM=214,28486,0,1,3,"414243"') == said("+CRSM: 144,0")
    assert modem.runs("+CRSM=176,28486,0,0,6") == said('+CRSM: 144,0,"014142436973"')
    assert modem.runs('+CRSM=214,28486,0,16,3,"414243"') == said("+CRSM: 107,0")
    assert modem.runs('+CRSM=214,28486,0,0,1,"4"') == said("+CRSM: 107,0")
    assert modem.runs('+CRSM=220,28480,1,4,2,"4142"') == said("+CRSM: 144,0")
    assert modem.runs("+CRSM=178,28480,1,4,3") == said('+CRSM: 144,0,"4142FF"')


def test_before_the_pin_only_some_files_are_readable_and_nothing_can_be_updated() -> None:
    modem = CellularPlay(sim=SimConfig(is_locked=True))
    assert modem.runs("+CRSM=176,12258,0,0,1") == said('+CRSM: 144,0,"98"')
    assert modem.runs("+CRSM=176,28423,0,0,9") == said("+CRSM: 105,130")
    assert modem.runs('+CRSM=214,28486,0,1,1,"41"') == said("+CRSM: 105,130")


def test_without_a_sim_there_are_no_files() -> None:
    assert CellularPlay(sim=SimConfig(is_present=False)).runs("+CRSM=176,12258,0,0,10") == error(10)


def test_a_network_code_of_three_digits_is_in_the_administrative_data() -> None:
    modem = CellularPlay(sim=SimConfig(network_digits=3))
    assert modem.runs("+CRSM=176,28589,0,0,4") == said('+CRSM: 144,0,"00000003"')


@pytest.mark.parametrize("values", ["", "x", "176,70000", "300,12258", "176,12258,999", "1,2,3,4,5,6,7,8"])
def test_what_is_no_request_is_refused(values: str) -> None:
    assert CellularPlay().runs(f"+CRSM={values}") == error(50)
