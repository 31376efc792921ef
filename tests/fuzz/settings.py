"""The files that people write: scenarios, phone books, the mail service's settings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from fuzz.inputs import mutated
from fuzz.target import Case, Target
from simisp.dialling.files.mail_file import load_mail
from simisp.dialling.files.phonebook_file import load_phonebook
from simisp.errors import ScenarioError, SourceError
from simisp.scenario import reader
from simisp.scenario.explain import explain
from simisp.scenario.load import bundled, loads
from simisp.scenario.session import session
from support.sample_files import EVERY_MAIL_KEY, EVERY_PHONEBOOK_KEY, RASPHONE, SHORTEST_MAIL

__all__ = ["TARGETS"]

_YAML_WORDS = ["\\0", '"a\\0b"', ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", ",", "#", "&a ", "*a", "!!str ",
               "!!python/object:x ", "|\n", ">-\n", "<<: ", "? ", "---\n", "...\n", "%YAML 1.1\n",
               "'", '"', "null", "~", "true", "yes", "\t", "\\x41"]  # fmt: skip
_SCENARIO_WORDS = [
    *_YAML_WORDS,
    *("title", "isp", "dialogue", "dialogues", "calls", "accounts", "prompt", "expect", "send", "pause", "silence"),
    "hang up",
    *("authenticate", "user", "password", "attempts", "repeat", "times", "choices", "go to", "again", "label"),
    "otherwise",
    *("framing", "7E1", "modem", "profile", "hayes", "none", "connect", "exchange", "numbers", "default", "busy"),
    "answer_after",
    *("port", "lock", "stale", "starts", "raw", "seed", "dialling", "credentials sent only at"),
    *("no lock file left", "1s", "5m"),
]  # fmt: skip
_BOOK_WORDS = [
    *_YAML_WORDS,
    *("number", "port", "alternatives", "init", "dial", "script", "file", "section", "command", "user"),
    "password_file",
    *("protocol", "slip", "ppp", "redials", "redial_pause", "answer_wait", "patience", "forever", "idle_hang_up"),
    *("5m", "20s"),
]  # fmt: skip
_RASPHONE_WORDS = ["[", "]", "[x]", "=", "\n", "\r\n", "MEDIA=serial", "MEDIA=", "Port=COM2", "DEVICE=modem",
                   "DEVICE=switch",
                   "PhoneNumber=", "Type=", "Type=C:\\x.scp", "Type=Terminal", "BaseProtocol=2", "RedialAttempts=",
                   "RedialSeconds=", "IdleDisconnectSeconds=", "HangUpSeconds=", "\0", " "]  # fmt: skip
_MAIL_WORDS = [
    *_YAML_WORDS,
    *("entry", "phonebook", "schedule", "every", "daily", "weekly", "monday", "weekend", "queued_for", "time_out"),
    "retrieval",
    *("etrn", "turn", "command", "host", "port", "name", "messages_per_session", "on_give_up", "end", "orphan"),
    "queue",
    *("inbox", "events", "listen", '"8:00"', '"24:00"', "08:00", "15m", "0s", "never", "book.yaml", "ozemail"),
]  # fmt: skip


# Scenarios -----------------------------------------------------------------------------------------------------------


@cache
def _scenarios() -> list[str]:
    right = sorted((Path(__file__).parents[1] / "scenario" / "ok").glob("*.yaml"))
    return [path.read_text() for path in (*bundled(), *right)]


def _octets(random: Random, text: str) -> bytes:
    """Return a file's octets, now and then not UTF-8."""
    return text.encode("utf-8" if random.random() < 0.9 else "latin-1", "replace")


def _tell(error: SourceError) -> None:
    """Let an error be shown: every mistake has its place."""
    assert error.diagnostics
    assert str(error)


def _made_scenario(random: Random) -> Case:
    return (_octets(random, mutated(random, _scenarios(), _SCENARIO_WORDS)),)


def _check_scenario(data: bytes) -> None:
    source, diagnostics = reader.decode(data, "x.yaml")
    if diagnostics:
        return
    try:
        loaded = loads(source.text)
    except ScenarioError as error:
        _tell(error)
        return
    explain(loaded)
    line = session(loaded)
    line.receive_data(b"ATDT5551234\r", now=0.0)
    line.next_timer()
    line.take_outputs()


# Phone books and the mail service's settings -------------------------------------------------------------------------


def _made_phonebook(random: Random) -> Case:
    return (_octets(random, mutated(random, [EVERY_PHONEBOOK_KEY], _BOOK_WORDS)), "phonebook.yaml")


def _made_rasphone(random: Random) -> Case:
    return (
        _octets(random, mutated(random, [RASPHONE, RASPHONE.replace("\n", "\r\n")], _RASPHONE_WORDS)),
        "rasphone.pbk",
    )


def _check_phonebook(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            loaded = load_phonebook(path)
        except SourceError as error:
            _tell(error)
            return
        for entry in loaded.book:
            assert loaded.book.find(entry.name) == entry


def _made_mail(random: Random) -> Case:
    return (_octets(random, mutated(random, [SHORTEST_MAIL, EVERY_MAIL_KEY], _MAIL_WORDS)),)


def _check_mail(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "book.yaml").write_text(EVERY_PHONEBOOK_KEY)
        path = Path(folder, "mail.yaml")
        path.write_bytes(data)
        try:
            load_mail(path)
        except SourceError as error:
            _tell(error)


TARGETS = [
    Target("scenario", _made_scenario, _check_scenario),
    Target("phonebook", _made_phonebook, _check_phonebook),
    Target("rasphone", _made_rasphone, _check_phonebook),
    Target("mail", _made_mail, _check_mail),
]
