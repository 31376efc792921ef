"""Events as the log shows them."""

from __future__ import annotations

import json
from datetime import datetime

from simisp.ras.error_codes import ras_error
from simisp.ras.events import Event, EventType, connection_failed


def test_4106_reads_as_in_the_article() -> None:
    event = connection_failed("OzEmail", ras_error(633))
    assert (event.id, event.source, event.category) == (4106, "MSExchangeIMC", "SMTP Interface Events")
    assert event.severity is EventType.ERROR
    assert event.text == (
        "The dial-up connection 'OzEmail' could not be made. The error reported was: "
        "[633] The port is already in use or is not configured for Remote Access dial out."
    )


def test_an_event_as_json_carries_run_time_and_wall_time() -> None:
    line = connection_failed("Home", ras_error(678)).to_json(61.25, datetime.fromisoformat("1997-10-10 08:00"))
    event = json.loads(line)
    assert event["at"] == 61.25
    assert event["time"] == "1997-10-10T08:01:01.250"
    assert event["type"] == "Error"
    assert event["details"] == {"entry": "Home", "error": 678, "symbol": "ERROR_NO_ANSWER"}


def test_an_event_as_json_is_one_line_whatever_its_text() -> None:
    line = Event(1, "a", "b", EventType.WARNING, "two\nlines").to_json(0.0)
    assert "\n" not in line
    assert json.loads(line)["text"] == "two\nlines"


def test_an_event_as_text_indents_every_line() -> None:
    text = Event(1, "a", "b", EventType.WARNING, "two\nlines").to_text("08:00")
    assert text.splitlines() == ["08:00  Warning  Event ID: 1  Source: a  Category: b", "    two", "    lines"]
