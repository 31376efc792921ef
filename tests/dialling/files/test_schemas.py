"""The JSON Schemas of phone books and of the mail service's file take what their loaders take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from simisp.dialling.files.mail_file import MailFile, load_mail
from simisp.dialling.files.phonebook_file import PhoneBookFile, load_phonebook
from simisp.errors import SourceError
from simisp.scenario.schema import file_schema

PHONEBOOK = jsonschema.Draft202012Validator(file_schema(PhoneBookFile, "phone book"))
MAIL = jsonschema.Draft202012Validator(file_schema(MailFile, "mail service"))

BOOKS: list[dict[str, Any]] = [
    {"A": {"number": 5551234, "port": "/dev/ttyS0"}},
    {"A": {"number": "5551234", "port": "COM1", "script": "login.scp", "patience": "forever", "init": "ATZ"}},
    {"A": {"number": 1, "port": "p", "script": {"file": "switch.inf", "section": "Generic login"}, "init": ["AT&F"]}},
    {"A": {"number": 1, "port": "p", "script": {"command": ["chat", "-f", "x"]}, "redials": 3, "redial_pause": "20s"}},
    {"A": {"number": 1, "port": "p", "alternatives": [2, 3], "protocol": "slip", "idle_hang_up": 90}},
]
NO_BOOKS: list[Any] = [
    {"A": {"number": 1}},
    {"A": {"number": 1, "port": "p", "prot": "slip"}},
    {"A": {"number": 1, "port": "p", "protocol": "x25"}},
    {"A": {"number": 1, "port": "p", "redials": -1}},
    {"A": {"number": 1, "port": "p", "patience": "1:30"}},
    {"A": {"number": 1, "port": "p", "script": {"files": "x"}}},
    {"A": []},
]
RIGHT: list[dict[str, Any]] = [
    {"schedule": {"every": "15m"}},
    {"schedule": {"daily": ["06:30"]}, "weekend": "never", "retrieval": "turn"},
    {"schedule": "never", "queued_for": "1h", "retrieval": {"etrn": ["alice.example"]}, "listen": 2525},
    {"schedule": {"weekly": {"monday": ["08:00"]}}, "retrieval": {"command": ["fetch", "-a"]}},
]
WRONG: list[dict[str, Any]] = [
    {},
    {"schedule": "sometimes"},
    {"schedule": {"evry": "15m"}},
    {"schedule": {"weekly": {"someday": ["08:00"]}}},
    {"schedule": {"every": 900}, "port": 70000},
    {"schedule": {"every": 900}, "on_give_up": "pray"},
]


def takes(load: Callable[[Path], object], file: Path, content: Any) -> bool:
    """Whether a file with this content is right in the loader's eyes."""
    file.write_text(yaml.safe_dump(content))
    try:
        load(file)
    except SourceError:
        return False
    return True


def takes_book(folder: Path, book: Any) -> bool:
    return takes(load_phonebook, folder / "phonebook.yaml", book)


@pytest.mark.parametrize("book", BOOKS, ids=str)
def test_a_right_phone_book_is_valid(book: dict[str, Any], tmp_path: Path) -> None:
    assert takes_book(tmp_path, book)
    PHONEBOOK.validate(book)


@pytest.mark.parametrize("book", NO_BOOKS, ids=str)
def test_a_wrong_phone_book_is_invalid(book: Any, tmp_path: Path) -> None:
    assert not takes_book(tmp_path, book)
    assert not PHONEBOOK.is_valid(book)


def takes_mail(folder: Path, settings: dict[str, Any]) -> bool:
    (folder / "phonebook.yaml").write_text(yaml.safe_dump(BOOKS[0]))
    return takes(load_mail, folder / "mail.yaml", settings)


@pytest.mark.parametrize("settings", RIGHT, ids=str)
def test_a_right_mail_file_is_valid(settings: dict[str, Any], tmp_path: Path) -> None:
    whole = {"entry": "A", "phonebook": "phonebook.yaml", **settings}
    assert takes_mail(tmp_path, whole)
    MAIL.validate(whole)


@pytest.mark.parametrize("settings", WRONG, ids=str)
def test_a_wrong_mail_file_is_invalid(settings: dict[str, Any], tmp_path: Path) -> None:
    whole = {"entry": "A", "phonebook": "phonebook.yaml", **settings}
    assert not takes_mail(tmp_path, whole)
    assert not MAIL.is_valid(whole)
