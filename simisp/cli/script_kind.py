"""Recognises a file that was given as a script but is not one."""

from __future__ import annotations

from simisp.cli.file_kind import FileKind, kind_by_content
from simisp.errors import FileError

__all__ = ["refuse_other_kinds"]

_PHONE_BOOK = "its entries are dialled with `simisp dial`"
_INSTEAD = {
    FileKind.UTF_16: "a text in UTF-16: save it in UTF-8 or Windows-1252",
    FileKind.BINARY: "a binary file",
    FileKind.SWITCH_INF: "a SWITCH.INF: play a section of it with `simisp script run --section NAME`",
    FileKind.RASPHONE: f"a phone book (rasphone.pbk): {_PHONE_BOOK}",
    FileKind.MAIL: "a file of mail settings: it is for `simisp mail serve`",
    FileKind.PROFILE: "a modem profile: a scenario names it with `modem: {profile: ./FILE}`",
    FileKind.SCENARIO: "a scenario: it is played with `simisp run`",
    FileKind.PHONE_BOOK: f"a phone book: {_PHONE_BOOK}",
}


def refuse_other_kinds(data: bytes, file: str) -> None:
    """Do nothing for a file that may be a script; a text without a procedure may be a truncated one.

    Args:
        data: The file.
        file: Its name.

    Raises:
        FileError: It is clearly another kind of file, which the error names.
    """
    kind = kind_by_content(data)
    if kind in _INSTEAD:
        raise FileError(f"this is not a dial-up script but {_INSTEAD[kind]}", path=file)
