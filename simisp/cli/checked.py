"""One file checked by ``simisp check``: its kind, whether it is correct, and the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simisp.cli.file_kind import FileKind, kind_of
from simisp.diagnostics import Diagnostic, Severity, SourceText
from simisp.errors import SourceError

__all__ = ["CheckedFile", "check_text"]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What came of checking one file.

    Attributes:
        source: The text with the findings; not always the file's own, as for a script that it names.
        diagnostics: The findings, including warnings and notes.
        summary: The kind of file, in words; empty if it is wrong.
    """

    source: SourceText
    diagnostics: Sequence[Diagnostic] = ()
    summary: str = ""

    @property
    def is_right(self) -> bool:
        """Whether no finding is an error."""
        return all(each.severity is not Severity.ERROR for each in self.diagnostics)


def check_text(data: bytes, name: str, folder: Path) -> CheckedFile:
    """Check a file of any kind.

    Args:
        data: The file.
        name: Its name in diagnostics; if the text does not show the kind of file, the name's suffix does.
        folder: The folder that its paths are relative to.
    """
    kind = kind_of(data, name) or FileKind.SCENARIO
    try:
        return _CHECKS[kind](data, name, folder)
    except SourceError as error:
        return CheckedFile(error.source, error.diagnostics)


def _text(data: bytes, name: str) -> SourceText:
    from simisp.scenario.reader import decode

    source, diagnostics = decode(data, name)
    if diagnostics:
        raise SourceError(source, diagnostics)
    return source


def _scenario(data: bytes, name: str, folder: Path) -> CheckedFile:
    from simisp.scenario.load import loads

    source = _text(data, name)
    scenario = loads(source.text, name=name)
    if scenario.has_story:
        from simisp.dialling.files.story_file import story_from

        story_from(source, folder)
    return CheckedFile(source, summary=scenario.model.title)


def _phone_book(data: bytes, name: str, folder: Path) -> CheckedFile:
    from simisp.dialling.files.phonebook_file import phonebook_from

    source = _text(data, name)
    return CheckedFile(source, summary=f"phone book, {_count(len(list(phonebook_from(source, folder).book)), 'entry')}")


def _rasphone(data: bytes, name: str, folder: Path) -> CheckedFile:
    from simisp.dialling.files.phonebook_file import rasphone_from

    source = _text(data, name)
    loaded = rasphone_from(source, folder)
    entries = _count(len(list(loaded.book)), "entry")
    return CheckedFile(source, loaded.warnings, f"phone book, {entries} that can be dialled")


def _mail(data: bytes, name: str, folder: Path) -> CheckedFile:
    from simisp.dialling.files.mail_file import mail_from

    source = _text(data, name)
    return CheckedFile(source, summary=f"mail settings, dials {mail_from(source, folder).config.entry}")


def _profile(data: bytes, name: str, _folder: Path) -> CheckedFile:
    from simisp.scenario.profile_file import profile_from

    source = _text(data, name)
    loaded = profile_from(source.text, name=name)
    extended = "" if loaded.file.extends is None else f", extends {loaded.file.extends}"
    rows = _count(len(loaded.file.commands), "command")
    return CheckedFile(source, summary=f"modem profile{extended}, {rows} of its own")


def _script(data: bytes, name: str, _folder: Path) -> CheckedFile:
    from simisp.scp.compiler import compile_script

    program = compile_script(data, name)
    return CheckedFile(program.source, summary="dial-up script; `simisp script lint` looks for what would hang it")


def _switch_inf(data: bytes, name: str, _folder: Path) -> CheckedFile:
    from simisp.switchinf import parse

    parsed = parse(data, name)
    return CheckedFile(parsed.source, parsed.diagnostics, f"SWITCH.INF, {_count(len(parsed.sections), 'section')}")


_CHECKS: Mapping[FileKind, Callable[[bytes, str, Path], CheckedFile]] = {
    FileKind.SCENARIO: _scenario,
    FileKind.PHONE_BOOK: _phone_book,
    FileKind.RASPHONE: _rasphone,
    FileKind.MAIL: _mail,
    FileKind.PROFILE: _profile,
    FileKind.SCRIPT: _script,
    FileKind.SWITCH_INF: _switch_inf,
    FileKind.UTF_16: _scenario,  # the reader of scenarios says what is wrong with these two
    FileKind.BINARY: _scenario,
}


def _count(number: int, what: str) -> str:
    several = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{number} {what if number == 1 else several}"
