"""What a run without a command suggests to try: nothing that its scenario does not have."""

from __future__ import annotations

import pytest

from simisp.cli.suggestions import what_to_try
from simisp.scenario.load import load, loads

_SILENT = "isp: {dialogue: [silence]}\n"


@pytest.mark.parametrize("path", ["/tmp/modem0", "unix:/tmp/modem", "socket://127.0.0.1:1", "telnet://127.0.0.1:1"])
def test_the_log_in_of_the_tutorial_is_suggested_where_the_scenario_has_it(path: str) -> None:
    assert "type ATDT5551234, and p, alice, wonderland\n" in what_to_try([path], [], load("login").model)


def test_a_service_menu_that_the_scenario_does_not_have_is_not_suggested() -> None:
    isp = "isp: {accounts: {alice: wonderland}, dialogue: [authenticate: {user: 'Username:', password: 'Password:'}]}"
    said = what_to_try(["/tmp/modem0"], [], loads(f"title: x\n{isp}\n").model)
    assert "type ATDT5551234, and alice, wonderland\n" in said
    assert "sername: alice <" in said
    assert "ervice" not in said


@pytest.mark.parametrize(
    ("scenario", "typed"),
    [
        (_SILENT, "ATDT5551234"),
        (f'exchange: {{"5551": busy, "77": isp, default: no carrier}}\n{_SILENT}', "ATDT77"),
        (f"lines: 2\nexchange: {{default: no carrier}}\n{_SILENT}", "ATDT2"),
        (f"exchange: {{default: no carrier}}\n{_SILENT}", "AT"),
    ],
)
def test_a_number_that_leads_somewhere_is_suggested_and_no_account_that_there_is_not(scenario: str, typed: str) -> None:
    said = what_to_try(["/tmp/modem0"], [], loads(f"title: x\n{scenario}").model)
    assert f"then type {typed}\n" in said
    assert "alice" not in said
    assert ("CONNECT" in said) is (typed != "AT")


def test_a_path_with_blanks_is_quoted_for_a_shell() -> None:
    said = what_to_try(["/tmp/my modem"], [], load("login").model)
    assert "  picocom '/tmp/my modem' " in said
    assert "<'/tmp/my modem' >'/tmp/my modem'" in said
    assert "UNIX-CONNECT:/tmp/my socket'" in what_to_try(["unix:/tmp/my socket"], [], load("login").model)
