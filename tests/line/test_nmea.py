"""The NMEA port: sentences that come by themselves."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.line.nmea import NmeaConfig, NmeaPort, sentence
from simisp.machine import SendData


def opened(config: NmeaConfig | None = None) -> NmeaPort:
    port = NmeaPort(config or NmeaConfig())
    port.set_circuit(Circuit.DTR, True, now=0.0)
    return port


def said(port: NmeaPort) -> str:
    return b"".join(output.data for output in port.take_outputs() if isinstance(output, SendData)).decode()


def at(port: NmeaPort, now: float) -> str:
    port.handle_timer(now=now)
    return said(port)


def test_the_sentences_come_at_each_whole_interval_while_the_port_is_open() -> None:
    port = NmeaPort(NmeaConfig(every=2.0))
    assert port.next_timer() is None
    port.set_circuit(Circuit.DTR, True, now=3.0)
    assert port.next_timer() == 4.0
    assert at(port, 3.9) == ""
    assert [line[:13] for line in at(port, 4.0).splitlines()] == ["$GPRMC,000004", "$GPGGA,000004"]
    assert port.next_timer() == 6.0
    port.set_circuit(Circuit.DTR, False, now=5.0)
    assert port.next_timer() is None


def test_intervals_that_have_passed_unseen_bring_the_sentences_once() -> None:
    port = opened()
    assert at(port, 7.5).count("RMC") == 1
    assert port.next_timer() == 8.0


def test_without_a_fix_the_fields_are_empty() -> None:
    rmc, gga = at(opened(NmeaConfig(has_fix=False)), 1.0).splitlines()
    assert rmc.startswith("$GPRMC,000001.00,V,,,,,,,010100,,,N*")
    assert gga.startswith("$GPGGA,000001.00,,,,,0,00,")


def test_any_other_sentence_comes_with_its_checksum() -> None:
    assert at(opened(NmeaConfig(sentences=("GPTXT,01,01,02,hello",))), 1.0) == "$GPTXT,01,01,02,hello*2F\r\n"


def test_what_a_client_sends_changes_nothing() -> None:
    port = opened()
    port.receive_data(b"AT\r", now=0.5)
    assert said(port) == ""
    assert port.next_timer() == 1.0


def test_a_port_that_has_lost_its_power_is_silent_until_it_is_opened_again() -> None:
    port = opened()
    port.lose_power(now=0.5)
    assert port.next_timer() is None
    port.power_up(now=2.5)
    assert port.next_timer() is None


@pytest.mark.parametrize(("latitude", "longitude", "expected"), [
    (52.52, 13.405, "5231.2000,N,01324.3000,E"),
    (-0.5, -0.25, "0030.0000,S,00015.0000,W"),
    (89.999999, 179.999999, "8959.9999,N,17959.9999,E"),
])  # fmt: skip
def test_a_position_is_written_in_degrees_and_minutes(latitude: float, longitude: float, expected: str) -> None:
    assert f",{expected}," in at(opened(NmeaConfig(latitude=latitude, longitude=longitude)), 1.0)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 1e6))
def test_every_sentence_has_the_right_checksum(latitude: float, longitude: float, now: float) -> None:
    port = NmeaPort(NmeaConfig(latitude=latitude, longitude=longitude))
    port.set_circuit(Circuit.DTR, True, now=now)
    due = port.next_timer()
    assert due is not None
    for line in at(port, due).splitlines():
        fields, _, checksum = line[1:].partition("*")
        assert int(checksum, 16) == reduce(lambda total, octet: total ^ octet, fields.encode(), 0)
        assert sentence(fields) == line + "\r\n"
