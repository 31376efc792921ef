"""Loads modem profiles: those that are shipped, by name, and a user's own files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from simisp.diagnostics import WHOLE_FILE, Diagnostic, Place, SourceText, in_order, nearest
from simisp.errors import ScenarioError, reason_of
from simisp.modem import handlers as do
from simisp.modem.answers import FinalText
from simisp.modem.command_row import Choice, CommandRow, CommandTable, Disposition, Range, Values
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.profile import Identity, ModemProfile
from simisp.modem.registers import Register
from simisp.modem.result_codes import ResultCode, ResultCodes
from simisp.modem.script import WrittenHandler
from simisp.modem.written_answer import final_of
from simisp.modem.written_command import only_command
from simisp.scenario import reader
from simisp.scenario.diagnose import diagnose
from simisp.scenario.document import Document
from simisp.scenario.document import Path as DocumentPath
from simisp.scenario.mistakes import mistakes
from simisp.scenario.modem_check import check_commands, check_factory
from simisp.scenario.modem_setup import result_codes, with_conduct, written_commands
from simisp.scenario.profile_model import IdentitySection, ProfileFile, RowSection
from simisp.scenario.profile_names import is_file, shipped_folder, shipped_names
from simisp.scenario.values import is_pattern

__all__ = ["LoadedProfile", "load_profile", "profile_from", "shipped"]

_DEEPEST = 10
"""How many profiles may extend each other."""


@dataclass(frozen=True, slots=True)
class LoadedProfile:
    """A profile, and the file that it is made of.

    Attributes:
        profile: The profile.
        file: The file as its model, without what it extends.
        base: The profile that it extends; None for one that extends nothing.
    """

    profile: ModemProfile
    file: ProfileFile
    base: LoadedProfile | None = None


@cache
def shipped(name: str) -> LoadedProfile:
    """Return a shipped profile. It is read once in a process.

    Raises:
        ScenarioError: It is wrong.
    """
    return _load(shipped_folder() / f"{name}.yaml", ())


def load_profile(name: str, *, beside: str | Path = "") -> LoadedProfile:
    """Return a profile.

    Args:
        name: The name of a shipped profile, or a file.
        beside: The folder that a file is relative to.

    Raises:
        ScenarioError: It can't be found or read, or it is wrong; every mistake is reported.
    """
    return shipped(name) if name in shipped_names() else _load(Path(beside, name), ())


def profile_from(text: str, *, name: str = "modem.yaml") -> LoadedProfile:
    """Return the profile that a text describes. A file that it extends is relative to the folder of ``name``.

    Raises:
        ScenarioError: It is wrong; every mistake is reported.
    """
    return _read(SourceText(name, text), Path(name), ())


def _load(path: Path, below: tuple[Path, ...]) -> LoadedProfile:
    try:
        with path.open("rb") as file:
            data = file.read(reader.MOST_OCTETS + 1)
    except (OSError, ValueError) as error:
        reason = reason_of(error).lower() if isinstance(error, OSError) else "a file name can't contain NUL"
        raise ScenarioError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, reason)]) from None
    source, diagnostics = reader.decode(data, str(path))
    if diagnostics:
        raise ScenarioError(source, diagnostics)
    return _read(source, path, below)


def _read(source: SourceText, path: Path, below: tuple[Path, ...]) -> LoadedProfile:
    document = reader.parse(source)
    if document.root is None:
        raise ScenarioError(source, document.diagnostics or [Diagnostic(Place(1, 1), "the file is empty")])
    diagnostics = list(document.diagnostics)
    try:
        file = ProfileFile.model_validate(document.plain())
    except ValidationError as error:
        diagnostics += [diagnose(mistake, document) for mistake in mistakes(error, ProfileFile)]
        raise ScenarioError(source, in_order(diagnostics, source)) from None
    base = _base(file, path, below, document)
    is_cellular = base.profile.is_cellular if file.cellular is None and base is not None else bool(file.cellular)
    diagnostics += _check(file, document, is_cellular=is_cellular)
    diagnostics += _check_left_out(file, document, STANDARD_PROFILE if base is None else base.profile)
    if diagnostics:
        raise ScenarioError(source, in_order(diagnostics, source))
    profile = _built(file, path.stem, STANDARD_PROFILE if base is None else base.profile)
    diagnostics += check_factory(profile, file.registers, file.factory, (), document)
    if diagnostics:
        raise ScenarioError(source, in_order(diagnostics, source))
    return LoadedProfile(profile, file, base)


def _base(file: ProfileFile, path: Path, below: tuple[Path, ...], document: Document) -> LoadedProfile | None:
    """Return the profile that a file extends; None for the commands of the modem itself."""
    if file.extends is None:
        return None
    place = document.place(("extends",))
    if not is_file(file.extends):
        if file.extends not in shipped_names():
            guess = nearest(file.extends, shipped_names())
            hint = f"did you mean {guess!r}?" if guess else f"there are {', '.join(shipped_names())}, or a ./file.yaml"
            raise ScenarioError(document.source, [Diagnostic(place, f"no profile {file.extends!r}", hint)])
        if path.parent == shipped_folder() and path.stem == file.extends:
            raise ScenarioError(document.source, [Diagnostic(place, "a profile can't extend itself")])
        return shipped(file.extends)
    found = path.parent / file.extends
    if found in (path, *below) or len(below) > _DEEPEST:
        raise ScenarioError(document.source, [Diagnostic(place, "these profiles extend each other in a circle")])
    return _load(found, (*below, path))


def _check(file: ProfileFile, document: Document, *, is_cellular: bool) -> Iterator[Diagnostic]:
    """Yield mistakes that no single value shows."""
    for name, row in file.commands.items():
        path: DocumentPath = ("commands", name)
        path = path if document.node(path) is not None else ("commands",)
        yield from check_commands(row.answers, (*path, "answers"), document, is_cellular=is_cellular)
        for place, (text, allowed) in enumerate(zip(row.factory, map(_allowed, row.values), strict=True)):
            if not allowed.accepts(text):
                at = document.place((*path, "factory", place))
                yield Diagnostic(at, f"{name} can't be {text}", f"its values: {allowed}")
        for text in (*row.answers, *row.tried):
            if not _is_of(text, name):
                message = f"{text!r} is no form of {name}"
                hint = f"a pattern begins with /\\\\{name}" if is_pattern(text) else f"such as {name}?, or {name}=1"
                yield Diagnostic(document.key_place((*path, "answers", text)), message, hint)


def _check_left_out(file: ProfileFile, document: Document, base: ModemProfile) -> Iterator[Diagnostic]:
    """Yield the commands that a profile leaves out, and the profile that it extends does not have."""
    for place, text in enumerate(file.without):
        if base.rows.get_row(text.upper()) is None:
            message = f"{base.name} has no command {text!r} that could be left out"
            hint = "those of every cellular modem, such as +CREG, can't be left out" if base.is_cellular else ""
            yield Diagnostic(document.place(("without", place)), message, hint)


def _is_of(text: str, name: str) -> bool:
    """Return whether a command, or a pattern, has this name."""
    if is_pattern(text):
        return text[1:].replace("\\", "").upper().startswith(name)
    command = only_command(text)
    return command is not None and command.name == name


def _built(file: ProfileFile, name: str, base: ModemProfile) -> ModemProfile:
    results = result_codes(file.result_codes, _texts_of_connect(file, base.results))
    settings: dict[str, int | str] = {**base.settings, **file.factory}
    timing = base.timing
    if file.timing.deaf_after_reset is not None:
        timing = replace(timing, deaf_after_reset=file.timing.deaf_after_reset)
    return ModemProfile(
        name=name,
        rows=_rows(file, base.rows),
        identity=_identity(file.identity, base.identity),
        registers=_registers(file.registers, base.registers),
        results=results,
        unknown=base.unknown if file.unknown_command is None else _unknown(file.unknown_command),
        timing=timing,
        conduct=with_conduct(file.conduct, base.conduct),
        settings=settings,
        is_cellular=base.is_cellular if file.cellular is None else file.cellular,
    )


def _rows(file: ProfileFile, base: CommandTable) -> CommandTable:
    if not (file.commands or file.without):
        return base
    kept = base.without(text.upper() for text in file.without)
    return kept.with_rows(_row(name, row, kept.get_row(name)) for name, row in file.commands.items())


def _row(name: str, row: RowSection, before: CommandRow | None) -> CommandRow:
    """Return one row. What its answers do not cover is answered by its values, or by the row before it."""
    values = tuple(map(_allowed, row.values))
    disposition = Disposition(row.disposition) if row.disposition != "unknown" else Disposition.DECLINED
    source = "" if row.source == "standard" else row.source
    made = CommandRow(
        name, row.clause or "the maker's own", row.meaning, do.decline, values, tuple(row.factory), disposition, source
    )
    if values:
        made = replace(made, handler=do.parameter)
    if row.answers:
        behind = made if values else before
        handler = WrittenHandler(written_commands(row.answers), behind)
        made = replace(made, handler=handler)
        if not values and before is not None:
            made = replace(made, values=before.values, factory=before.factory)
    return made


def _allowed(text: str) -> Values:
    low, is_range, high = text.partition("-")
    if is_range and low.isdecimal() and high.isdecimal():
        return Range(int(low), int(high))
    return Choice(tuple(text.split(",")))


def _identity(section: IdentitySection, base: Identity) -> Identity:
    return Identity(
        manufacturer=base.manufacturer if section.manufacturer is None else section.manufacturer,
        model=base.model if section.model is None else section.model,
        revision=base.revision if section.revision is None else section.revision,
        serial_number=base.serial_number if section.serial_number is None else section.serial_number,
        information=base.information if section.information is None else section.information,
        capabilities=base.capabilities if section.capabilities is None else tuple(section.capabilities),
        object_id=base.object_id,
    )


def _registers(changes: Mapping[str, int], base: Mapping[int, Register]) -> Mapping[int, Register]:
    """Return the registers with other factory values. One that is out of bounds is reported afterwards."""
    if not changes:
        return base
    changed = {int(name[1:]): value for name, value in changes.items()}
    return {
        number: replace(register, factory=changed[number])
        if register.low <= changed.get(number, -1) <= register.high
        else register
        for number, register in base.items()
    }


def _texts_of_connect(file: ProfileFile, results: ResultCodes) -> ResultCodes:
    texts = {"connect": file.connect, "reliable": file.reliable, "unreliable": file.unreliable}
    given = {name: text for name, text in texts.items() if text is not None}
    return replace(results, **given) if given else results  # type: ignore[arg-type]


def _unknown(text: str) -> ResultCode | FinalText:
    return final_of(text) or FinalText(text)
