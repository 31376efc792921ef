"""What a file is that was given as a script and is none."""

from __future__ import annotations

import re

from simisp.errors import EndpointError

__all__ = ["refuse_other_kinds"]

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PROCEDURE = re.compile(rb"^[ \t]*proc[ \t]", re.IGNORECASE | re.MULTILINE)
_SECTION = re.compile(rb"^[ \t]*\[[^\]\r\n]+\]", re.MULTILINE)
_SECTIONED = (
    (
        re.compile(rb"^[ \t]*COMMAND(_[A-Z]+)?[ \t]*=", re.IGNORECASE | re.MULTILINE),
        "a SWITCH.INF: play a section of it with `simisp script run --section NAME`",
    ),
    (
        re.compile(rb"^[ \t]*(MEDIA|DEVICE|PhoneNumber|BaseProtocol)[ \t]*=", re.IGNORECASE | re.MULTILINE),
        "a phone book (rasphone.pbk): its entries are dialled with `simisp dial`",
    ),
)
_SETTINGS = (
    (re.compile(rb"^phonebook[ \t]*:", re.MULTILINE), "a file of mail settings: it is for `simisp mail serve`"),
    (re.compile(rb"^title[ \t]*:", re.MULTILINE), "a scenario: it is played with `simisp run`"),
    (re.compile(rb"^[ \t]+number[ \t]*:", re.MULTILINE), "a phone book: its entries are dialled with `simisp dial`"),
)


def refuse_other_kinds(data: bytes, file: str) -> None:
    """Do nothing for what may be a script; a text without a procedure may be one that was cut short.

    Args:
        data: The file.
        file: Its name.

    Raises:
        EndpointError: It is surely something else, which the error names.
    """
    kind = _other_kind(data)
    if kind:
        raise EndpointError(f"this is no dial-up script but {kind}", path=file)


def _other_kind(data: bytes) -> str:
    """Return what a file is; empty when it may be a script."""
    if data.startswith(_UTF_16):
        return "a text in UTF-16: save it in UTF-8 or Windows-1252"
    if b"\0" in data:
        return "a binary file"
    if _PROCEDURE.search(data):
        return ""
    kinds = _SECTIONED if _SECTION.search(data) else _SETTINGS
    return next((kind for pattern, kind in kinds if pattern.search(data)), "")
