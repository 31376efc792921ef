"""The kind of a file: recognised from its text, or else from its name."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import PurePath

__all__ = ["FileKind", "kind_by_content", "kind_of"]


class FileKind(Enum):
    """The kinds of file that the commands distinguish."""

    SCENARIO = "scenario"
    PHONE_BOOK = "phone book"
    """One in YAML."""
    RASPHONE = "phone book (rasphone.pbk)"
    MAIL = "mail settings"
    PROFILE = "modem profile"
    SCRIPT = "dial-up script"
    SWITCH_INF = "SWITCH.INF"
    UTF_16 = "text in UTF-16"
    BINARY = "binary file"


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PROCEDURE = re.compile(rb"^[ \t]*proc[ \t]", re.IGNORECASE | re.MULTILINE)
_SECTION = re.compile(rb"^[ \t]*\[[^\]\r\n]+\]", re.MULTILINE)
_COMMAND = re.compile(rb"^[ \t]*COMMAND(_[A-Z]+)?[ \t]*=", re.IGNORECASE | re.MULTILINE)
_DEVICE = re.compile(rb"^[ \t]*(MEDIA|DEVICE|PhoneNumber|BaseProtocol)[ \t]*=", re.IGNORECASE | re.MULTILINE)

_TITLE = re.compile(r"""^\ufeff?\{?["']?title["']?[ \t]*:(?!\S)""", re.MULTILINE)
_SCENARIO = re.compile(
    r"""^\ufeff?\{?["']?(?:about|isp|modem|exchange|expect|dialling)["']?[ \t]*:(?!\S)""", re.MULTILINE
)
_PLAYED = re.compile(
    r"""^\ufeff?\{?["']?(?:isp|modem|exchange|expect|dialling|line|lines|port|seed)["']?[ \t]*:(?!\S)""", re.MULTILINE
)
_NO_ENTRY = re.compile(r"""^\ufeff?\{?["']?(?:lines|expect)["']?[ \t]*:\s+[\d\[-]""", re.MULTILINE)
"""A key of a scenario with a number or a list: an entry of a phone book is a mapping."""
_EXTENDS = re.compile(r"""^\ufeff?["']?extends["']?[ \t]*:[ \t]+[^\s{\[]""", re.MULTILINE)
_MAIL = re.compile(
    r"""^\ufeff?\{?["']?(?:phonebook|entry|schedule|weekend|queued_for|retrieval|inbox|on_give_up)["']?[ \t]*:(?!\S)""",
    re.MULTILINE,
)
_PROFILE = re.compile(
    r"""^\ufeff?\{?["']?(?:identity|registers|factory|cellular|commands|timing|without|conduct|result codes|"""
    r"""unknown command)["']?[ \t]*:(?!\S)""",
    re.MULTILINE,
)
_ENTRY = re.compile(r"""(?:^[ \t]+|[{,][ \t]*)["']?number["']?[ \t]*:(?!\S)""", re.MULTILINE)
_YAML = (".yaml", ".yml")

_OUTER_KEY = re.compile(r"""^\ufeff?["']?([^\s"':#-][^"':#\n]*?)["']?[ \t]*:(?!\S)""", re.MULTILINE)
_INNER_KEY = re.compile(r"""(?:^[ \t]+|[{,][ \t]*)["']?([^\s"':#-][^"':#\n]*?)["']?[ \t]*:(?!\S)""", re.MULTILINE)
_MISSPELT = (
    (
        FileKind.SCENARIO,
        _OUTER_KEY,
        ("title", "about", "modem", "exchange", "isp", "expect", "dialling", "line", "lines"),
    ),
    (
        FileKind.MAIL,
        _OUTER_KEY,
        ("phonebook", "entry", "schedule", "weekend", "queued_for", "retrieval", "inbox", "on_give_up"),
    ),
    (
        FileKind.PHONE_BOOK,
        _INNER_KEY,
        ("number", "script", "password_file", "protocol", "patience", "redials", "redial_pause", "idle_hang_up"),
    ),
)
_OF_SECTIONS = {
    "profile", "connect", "commands", "unsolicited", "conduct", "result codes", "rate", "registers", "factory", "cmux",
    "messages", "cellular", "manners", "ports", "nmea", "unplug",
    "default", "answer_after", "busy after", "calls in", "hunt groups",
    "accounts", "dialogue", "dialogues", "calls", "framing", "ppp",
    "lock", "starts", "pace", "faults", "triggers",
    "entry", "schedule", "weekend", "queued_for", "time_out", "retrieval", "host", "messages_per_session", "on_give_up",
    "phonebook", "mail_host", "began", "for", "happens",
}  # fmt: skip
"""The keys of a scenario's sections that no entry of a phone book has."""
_OF_ENTRIES = {
    "port", "alternatives", "init", "dial", "pad", "script", "password_file", "protocol", "redials", "redial_pause",
    "answer_wait", "patience", "idle_hang_up",
}  # fmt: skip
"""The keys of a phone book's entries, but for those that are common in scenarios too: a number and a user."""
_ENOUGH_MISSPELT = 2
"""A single key that only resembles ours may belong to any program."""
_RESEMBLANCE = 0.75
"""As difflib.SequenceMatcher.ratio() has it: ``titel`` and ``title`` have 0.8."""


def kind_of(data: bytes, name: str) -> FileKind | None:
    """Return the kind of a file, or None if neither its text nor its name shows it.

    Args:
        data: The file.
        name: Its name. With ``.yaml`` or ``.yml`` it is YAML whatever its text, and with ``.pbk`` a phone book.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in _YAML:
        return _yaml_kind(data)
    if suffix == ".pbk":
        return FileKind.RASPHONE
    by_name = {".scp": FileKind.SCRIPT, ".inf": FileKind.SWITCH_INF}.get(suffix)
    return kind_by_content(data) or by_name


def kind_by_content(data: bytes) -> FileKind | None:
    """Return the kind of a file, or None if its text does not show it."""
    if data.startswith(_UTF_16):
        return FileKind.UTF_16
    if b"\0" in data:
        return FileKind.BINARY
    if _PROCEDURE.search(data):
        return FileKind.SCRIPT
    if _SECTION.search(data):
        sectioned = ((_COMMAND, FileKind.SWITCH_INF), (_DEVICE, FileKind.RASPHONE))
        return next((kind for pattern, kind in sectioned if pattern.search(data)), None)
    return _yaml_kind(data)


def _yaml_kind(data: bytes) -> FileKind | None:
    if data.startswith(_UTF_16):  # no kind of ours may have it, and passing over one would look as if it were right
        return FileKind.UTF_16 if _kind_of_yaml(data.decode("utf-16", "replace")) else None
    return _kind_of_yaml(data.decode("utf-8", "replace"))


def _kind_of_yaml(text: str) -> FileKind | None:
    if _TITLE.search(text):
        return FileKind.SCENARIO
    if _EXTENDS.search(text) and _PLAYED.search(text):  # before phone books: a caller of a scenario has a number too
        return FileKind.SCENARIO
    if _MAIL.search(text):
        return FileKind.MAIL
    if _ENTRY.search(text):
        return FileKind.SCENARIO if _has_sections(text) else FileKind.PHONE_BOOK
    if _PROFILE.search(text) and not _PLAYED.search(text):
        return FileKind.PROFILE
    return FileKind.SCENARIO if _SCENARIO.search(text) else _misspelt_kind(text)


def _has_sections(text: str) -> bool:
    """Return whether a text with a ``number`` is a scenario: a line, a caller and a subscriber have one as well.

    The outer keys do not tell, since the entries of a phone book may be called anything, "isp" for instance; what is
    in them does. The more of it decides, or one wrong key in an entry would make a scenario of a phone book.
    """
    keys = set(_INNER_KEY.findall(text))
    of_sections, of_entries = len(keys & _OF_SECTIONS), len(keys & _OF_ENTRIES)
    return _NO_ENTRY.search(text) is not None or (_PLAYED.search(text) is not None and of_sections > of_entries)


def _misspelt_kind(text: str) -> FileKind | None:
    """Return the kind that a file would be if its keys were spelt right, or None if they resemble those of no kind."""
    from difflib import get_close_matches

    for kind, pattern, known in _MISSPELT:
        keys = {key.lower() for key in pattern.findall(text)}
        meant = {match for key in keys for match in get_close_matches(key, known, n=1, cutoff=_RESEMBLANCE)}
        if len(meant) >= _ENOUGH_MISSPELT:
            return kind
    return None
