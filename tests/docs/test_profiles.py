"""Each row of each profile has its disposition and its source."""

from __future__ import annotations

import pytest

from simisp.modem.command_row import CommandRow, Disposition
from simisp.scenario.profile_file import shipped
from simisp.scenario.profile_names import shipped_names

ROWS = [(name, command) for name in shipped_names() for command in shipped(name).file.commands]


@pytest.mark.parametrize(("name", "command"), ROWS)
def test_no_row_of_a_profile_has_an_unknown_disposition(name: str, command: str) -> None:
    row = shipped(name).file.commands[command]
    assert row.disposition != "unknown"
    assert row.meaning


@pytest.mark.parametrize("name", shipped_names())
def test_every_row_that_a_profile_has_says_what_becomes_of_it_and_where_it_is_from(name: str) -> None:
    def is_told(row: CommandRow) -> bool:
        return row.disposition in Disposition and bool(row.clause)

    assert [row.name for row in shipped(name).profile.rows.values() if not is_told(row)] == []
