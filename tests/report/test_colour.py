"""When there is colour, and what is coloured."""

from __future__ import annotations

import io

import pytest

from simisp.report.colour import painted_findings, painted_verdict, takes_colour


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "0"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": ""}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, True),
    ],
)
def test_a_terminal_gets_colour_unless_the_environment_says_otherwise(
    environment: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    assert takes_colour(Stream(terminal=terminal)) is coloured
    assert takes_colour(None) is False


def test_only_the_name_of_a_verdict_and_the_fates_of_its_expectations_are_coloured() -> None:
    text = "hang: it still is, hang: yes\n  not judged: calls 1 (x)\n  the client said held: x\n"
    assert painted_verdict(text) == (
        "\x1b[31m\x1b[1mhang:\x1b[0m it still is, hang: yes\n"
        "  \x1b[33mnot judged:\x1b[0m calls 1 (x)\n  the client said held: x\n"
    )


def test_places_severities_carets_and_hints_are_coloured_and_the_source_line_is_not() -> None:
    text = "a.yaml:4:7: warning: x\n    4 | - promt: a.yaml\n      |   ^^^^^\n      = did you mean 'prompt'?"
    assert painted_findings(text) == (
        "\x1b[1ma.yaml:4:7:\x1b[0m \x1b[33m\x1b[1mwarning:\x1b[0m x\n    4 | - promt: a.yaml\n"
        "      |   \x1b[32m\x1b[1m^^^^^\x1b[0m\n      = \x1b[36mdid you mean 'prompt'?\x1b[0m"
    )
