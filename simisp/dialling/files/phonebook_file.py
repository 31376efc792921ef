"""Loads phone books from files: ``phonebook.yaml`` and ``rasphone.pbk``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel, WithJsonSchema, model_validator

from simisp.diagnostics import Diagnostic, Severity, SourceText
from simisp.dialling.files.settings import complaint, document_of, or_shorter, read_text, validate
from simisp.errors import SourceError
from simisp.ras.phonebook import Entry, PhoneBook, PostConnectScript, Protocol, why_undiallable, why_unfit_for_pad
from simisp.ras.rasphone import read_rasphone
from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, SilenceValue
from simisp.scenario.whole import Whole
from simisp.switchinf import PadCall

__all__ = [
    "EntrySection",
    "LoadedPhoneBook",
    "PadSection",
    "PhoneBookFile",
    "ScriptSection",
    "load_phonebook",
    "phonebook_from",
    "rasphone_from",
]


@dataclass(frozen=True, slots=True)
class LoadedPhoneBook:
    """A loaded phone book.

    Attributes:
        book: Its entries; their paths are relative to the present folder.
        password_files: The file with the password of an entry, by the entry's name.
        warnings: What is questionable in the file.
    """

    book: PhoneBook
    password_files: Mapping[str, Path]
    warnings: tuple[Diagnostic, ...] = ()


def _pad_text(text: str) -> str:
    reason = why_unfit_for_pad(text)
    if reason:
        raise complaint(reason)
    return text


PadText = Annotated[str, AfterValidator(_pad_text)]


class PadSection(Strict):
    """The X.25 PAD that the modem connects to, and the address that it calls."""

    file: str = Field("pad.inf", min_length=1, description="The PAD.INF.")
    section: str = Field(min_length=1, description="The section of the PAD.INF.")
    x25_address: PadText = Field(min_length=1, description="The value of <x25address>: the address to call.")
    user_data: PadText = Field("", description="The value of <userdata>; it is never shown.")
    facilities: PadText = Field("", description="The value of <facilities>; it is never shown.")

    def script(self, folder: Path) -> PostConnectScript:
        """Return the script; its file is relative to the phone book's folder."""
        call = PadCall(self.x25_address, self.user_data, self.facilities)
        return PostConnectScript(str(folder / self.file), self.section, call)


class ScriptSection(Strict):
    """The script that logs in after the modem has connected."""

    model_config = ConfigDict(json_schema_extra=or_shorter({"type": "string", "description": "The file."}))

    file: str | None = Field(None, min_length=1, description="A script (.scp), or a SWITCH.INF.")
    section: str | None = Field(None, min_length=1, description="The section of the SWITCH.INF.")
    command: list[str] | None = Field(None, min_length=1, description="A command, with the port as its terminal.")

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"file": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_of_two(self) -> ScriptSection:
        if (self.file is None) == (self.command is None):
            raise complaint("a script is either a file or a command")
        return self

    def script(self, folder: Path) -> PostConnectScript:
        """Return the script; its file is relative to the phone book's folder."""
        if self.command is not None:
            return PostConnectScript(command=tuple(self.command))
        return PostConnectScript(str(folder / (self.file or "")), section=self.section or "")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _number(text: str) -> str:
    reason = why_undiallable(text)
    if reason:
        raise complaint(reason)
    return text


def _command_line(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise complaint(f"{text!r} is not a command line for a modem")
    return text


DialledNumber = Annotated[str, AfterValidator(_number)]
CommandLine = Annotated[str, AfterValidator(_command_line)]
_TEXT_OR_TEXTS = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)  # fmt: skip


class EntrySection(Strict):
    """One entry of a phone book."""

    number: DialledNumber = Field(description="The number to dial.")
    port: str = Field(min_length=1, description="The modem's port, such as /dev/ttyS0.")
    alternatives: list[DialledNumber] = Field(default_factory=list, description="Numbers that redials try in turn.")
    init: Annotated[list[CommandLine], BeforeValidator(_as_list), _TEXT_OR_TEXTS] = Field(
        default_factory=lambda: ["ATZ"], description="Command lines that initialise the modem."
    )
    dial: CommandLine = Field("ATDT", description="The command that precedes the number.")
    pad: PadSection | None = Field(None, description="The X.25 PAD to call through, before the script.")
    script: ScriptSection | None = Field(None, description="The script that logs in once the modem has connected.")
    user: str = Field("", description="The user name.")
    password_file: str | None = Field(None, description="A file whose first line is the password.")
    protocol: Literal["ppp", "slip", "none"] = Field("ppp", description="The protocol on the line.")
    redials: Annotated[int, Whole(0, 1000)] = Field(0, description="How often to redial after a failed call.")
    redial_pause: DurationValue = Field(60.0, description="How long to wait before redialling.")
    answer_wait: DurationValue = Field(90.0, description="How long the modem may take to make the call.")
    patience: SilenceValue = Field(120.0, description="How long the script may take before the dialler gives up.")
    idle_hang_up: DurationValue | None = Field(None, description="Hang up after this long without an octet.")

    def entry(self, name: str, folder: Path) -> Entry:
        """Return the entry."""
        return Entry(
            name,
            self.number,
            self.port,
            alternatives=tuple(self.alternatives),
            init=tuple(self.init),
            dial=self.dial,
            pad=self.pad.script(folder) if self.pad is not None else None,
            script=self.script.script(folder) if self.script is not None else None,
            user=self.user,
            protocol=Protocol(self.protocol),
            redials=self.redials,
            redial_pause=self.redial_pause,
            answer_wait=self.answer_wait,
            patience=None if math.isinf(self.patience) else self.patience,
            idle_hang_up=self.idle_hang_up,
        )


class PhoneBookFile(RootModel[dict[str, EntrySection]]):
    """A whole phone book: entries by name."""


def load_phonebook(path: str | Path, *, ports: Mapping[str, str] | None = None) -> LoadedPhoneBook:
    """Read and check a phone book.

    Args:
        path: A file in YAML, or a ``rasphone.pbk``, recognised by its suffix.
        ports: For a ``rasphone.pbk``: maps ports in the file to ports here, such as ``{"COM1": "/dev/ttyS0"}``.

    Raises:
        SourceError: It can't be read, or is wrong; every mistake is reported.
    """
    file = Path(path)
    source = read_text(file)
    if file.suffix.lower() == ".pbk":
        return rasphone_from(source, file.parent, ports=ports)
    return phonebook_from(source, file.parent)


def phonebook_from(source: SourceText, folder: Path) -> LoadedPhoneBook:
    """Check the text of a phone book in YAML.

    Args:
        source: The text.
        folder: The folder that its paths are relative to.

    Raises:
        SourceError: It is wrong; every mistake is reported.
    """
    model = validate(document_of(source), PhoneBookFile, check=_check)
    entries = [section.entry(name, folder) for name, section in model.root.items()]
    password_files = {
        name: folder / section.password_file for name, section in model.root.items() if section.password_file
    }
    return LoadedPhoneBook(PhoneBook(entries, source=source.name), password_files)


def _check(model: PhoneBookFile) -> Sequence[tuple[tuple[str | int, ...], str]]:
    if not model.root:
        return [((), "a phone book must have at least one entry")]
    first: dict[str, str] = {}
    return [
        ((name,), f"the entry {name!r} is {first[name.casefold()]!r} again: case does not matter in names")
        for name in model.root
        if first.setdefault(name.casefold(), name) != name
    ]


def rasphone_from(source: SourceText, folder: Path, *, ports: Mapping[str, str] | None = None) -> LoadedPhoneBook:
    """Check the text of a ``rasphone.pbk``; the arguments are those of the functions above.

    Raises:
        SourceError: It is wrong; every mistake is reported.
    """
    read = read_rasphone(source.text, name=source.name, ports=ports or {})
    errors = [diagnostic for diagnostic in read.diagnostics if diagnostic.severity is Severity.ERROR]
    if errors:
        raise SourceError(source, errors)
    entries = [
        replace(entry, pad=_beside(entry.pad, folder), script=_beside(entry.script, folder)) for entry in read.book
    ]
    return LoadedPhoneBook(PhoneBook(entries, source=source.name), {}, read.diagnostics)


def _beside(script: PostConnectScript | None, folder: Path) -> PostConnectScript | None:
    """Return a script with a path that is valid here: of a path on another computer only the last part counts."""
    if script is None:
        return None
    try:
        if Path(script.path).is_file():
            return script
    except OSError:  # a name that is too long here, or a folder that cannot be searched
        pass
    return replace(script, path=str(folder / PureWindowsPath(script.path).name))
