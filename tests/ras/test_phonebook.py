"""Phone books and their entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript, why_undiallable


def test_case_does_not_matter_in_names() -> None:
    book = PhoneBook([Entry("OzEmail", "1")])
    assert book.find("OZEMAIL") is book.find("ozemail") is not None


def test_of_two_entries_with_one_name_the_first_counts() -> None:
    book = PhoneBook([Entry("Home", "1"), Entry("HOME", "2")])
    assert len(book) == 1
    assert [entry.number for entry in book] == ["1"]


def test_an_unknown_name_is_none_and_the_nearest_is_offered() -> None:
    book = PhoneBook([Entry("OzEmail", "1"), Entry("Home", "2")])
    assert book.find("OzMail") is None
    assert book.nearest("OzMail") == "OzEmail"
    assert book.nearest("zebra") is None


def test_redials_go_through_the_alternatives_in_turn() -> None:
    entry = Entry("Home", "1", alternatives=("2", "3"))
    assert [entry.number_for(attempt) for attempt in range(1, 6)] == ["1", "2", "3", "1", "2"]


@pytest.mark.parametrize(
    "number", ["5551234", "0,5551234", "+61 2 555 1234", "T555-1234W9@#", "(02) 555.1234", "*70,5"]
)
def test_what_modems_dial_is_a_number(number: str) -> None:
    assert why_undiallable(number) == ""


@pytest.mark.parametrize("number", ["", "CALL HOME", "555\r1234", "---", "+", "555x1234"])
def test_what_no_modem_dials_is_refused(number: str) -> None:
    assert "not a number" in why_undiallable(number)


def test_an_overlong_number_is_refused_with_its_length() -> None:
    assert "129 characters" in why_undiallable("1" * 129)


@pytest.mark.parametrize("arguments", [{}, {"path": "a.scp", "command": ("chat",)}])
def test_a_script_is_a_file_or_a_command_and_not_both(arguments: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="either a file or a command"):
        PostConnectScript(**arguments)


def test_a_script_reads_as_its_file_section_or_command() -> None:
    assert str(PostConnectScript("a.scp")) == "a.scp"
    assert str(PostConnectScript("switch.inf", section="Generic login")) == "switch.inf [Generic login]"
    assert str(PostConnectScript(command=("chat", "-v"))) == "chat -v"
