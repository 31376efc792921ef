"""Loads a whole story from one file: a scenario with a section ``dialling`` about the dialling side and its actions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from simisp.diagnostics import Diagnostic, SourceText
from simisp.dialling.files.mail_file import MailSettings
from simisp.dialling.files.phonebook_file import EntrySection
from simisp.dialling.files.settings import complaint, document_of, read_document, read_text, validate
from simisp.errors import ScriptError, SourceError, reason_of
from simisp.mail.message import Message
from simisp.mail.smtp_server import HostBehaviour
from simisp.ras.outputs import OnGiveUp
from simisp.ras.phonebook import PhoneBook
from simisp.scenario.document import Document
from simisp.scenario.document import Mapping as MappingNode
from simisp.scenario.load import APART, LoadedScenario, find, loads
from simisp.scenario.session import session_config
from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue
from simisp.scp.code import Program
from simisp.scp.compiler import compile_script
from simisp.story.config import (
    Deed,
    HostConfig,
    InstallScript,
    QueueMail,
    ReleasePort,
    RestartService,
    StoryConfig,
)

__all__ = ["DiallingSection", "LoadedStory", "has_story", "load_story", "story_from"]

_RESTART = "restart the service"
_Behaviour = Literal["well", "421", "slow", "silent after DATA"]


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise complaint(f"{text!r} is not a date and time such as 1997-10-10 08:00") from None
    if moment.tzinfo is not None:
        raise complaint("a wall clock has no time zone")
    return text


class MailSection(Strict):
    """A message that a user sends."""

    sender: str = Field(alias="from", min_length=1, description="The sender's address.")
    to: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1, description="The recipients' addresses.")
    subject: str = Field("", description="What it is about.")

    def message(self, name: str) -> Message:
        """Return the message."""
        head = f"From: {self.sender}\nTo: {', '.join(self.to)}\nSubject: {self.subject}\nMessage-ID: <{name}@story>\n"
        return Message(name, self.sender, tuple(self.to), (head + "\n" + self.subject + "\n").encode())


class ActionSection(Strict):
    """An action of a person: one of ``do``, ``install`` and ``mail``."""

    at: DurationValue = Field(description="When, counted from the beginning.")
    do: Literal["restart the service", "release the port"] | None = Field(None, description="The action.")
    install: dict[str, str] | None = Field(
        None, min_length=1, description="Scripts to replace, each with its replacement."
    )
    mail: MailSection | None = Field(None, description="A message to queue.")

    @model_validator(mode="after")
    def _one_of_them(self) -> ActionSection:
        if sum(what is not None for what in (self.do, self.install, self.mail)) != 1:
            raise complaint("write one of do, install and mail")
        return self


def _well() -> list[_Behaviour]:
    return ["well"]


class HostSection(Strict):
    """The ISP's mail host."""

    name: str = Field("mail.isp.example", min_length=1, description="The name that it gives.")
    sessions: list[_Behaviour] = Field(
        default_factory=_well, min_length=1, description="Its behaviour in each session; the last repeats."
    )
    waiting: list[MailSection] = Field(default_factory=list, description="The mail waiting there to be retrieved.")

    def config(self) -> HostConfig:
        """Return the host's configuration."""
        waiting = tuple(section.message(f"waiting{number}") for number, section in enumerate(self.waiting, 1))
        return HostConfig(self.name, tuple(map(HostBehaviour, self.sessions)), waiting)


class DiallingSection(MailSettings):
    """The dialling side of the scenario's ISP, and what happens to it."""

    phonebook: dict[str, EntrySection] = Field(min_length=1, description="The phone book: entries by name.")
    mail_host: HostSection = Field(
        default_factory=lambda: HostSection.model_validate({}), description="The ISP's mail host."
    )
    calls: list[str] | None = Field(
        None, min_length=1, description="The dialogue of each call in this story, in place of the scenario's calls."
    )
    began: Annotated[str, AfterValidator(_moment)] = Field(
        "1997-10-10 08:00", description="The wall time at the beginning."
    )
    duration: DurationValue = Field(alias="for", description="The length of the story.")
    happens: list[ActionSection] = Field(default_factory=list, description="The actions, and when.")


@dataclass(frozen=True, slots=True)
class LoadedStory:
    """A story that is ready to play.

    Attributes:
        scenario: The ISP's side.
        written: The section as written.
        config: The story for pure time.
        duration: Its length, in seconds.
        folder: The folder that the paths of scripts are relative to.
        scripts: The files for the paths of scripts in the section.
    """

    scenario: LoadedScenario
    written: Mapping[str, Any]
    config: StoryConfig
    duration: float
    folder: Path
    scripts: Mapping[str, Path]


def has_story(name: str | Path) -> bool:
    """Return whether a scenario's file has a story.

    Raises:
        SourceError: It cannot be found or read.
    """
    root = read_document(find(str(name))).root
    return isinstance(root, MappingNode) and APART in root.values


def load_story(name: str | Path) -> LoadedStory:
    """Read and check a scenario with its story.

    Args:
        name: A file, or the name of a bundled scenario.

    Raises:
        SourceError: It cannot be found or read, or is wrong; every mistake is reported.
    """
    file = find(str(name))
    return story_from(read_text(file), file.parent)


def story_from(source: SourceText, folder: Path) -> LoadedStory:
    """Check the text of a scenario with its story.

    Args:
        source: The text.
        folder: The folder that the paths of scripts are relative to.

    Raises:
        SourceError: It is wrong, or a script is; every mistake is reported.
    """
    document = document_of(source)
    scenario = loads(source.text, name=source.name)
    root = document.root
    if not isinstance(root, MappingNode) or APART not in root.values:
        raise SourceError(document.source, [Diagnostic(document.place(()), f"there is no section {APART!r} in it")])
    # Places in the section are places in the whole file.
    apart = Document(document.source, root.values[APART], [])
    section = validate(apart, DiallingSection, check=lambda section: _check(section, scenario))
    if section.calls is not None:
        scenario = replace(scenario, calls=tuple(section.calls))
    paths = _script_paths(section)
    scripts = {text: folder / text for text in paths}
    programs = _compiled(scripts, paths, apart)
    written = apart.plain()
    assert isinstance(written, dict), "the model accepts nothing else"
    return LoadedStory(scenario, written, _config(scenario, section, programs), section.duration, folder, scripts)


def _check(section: DiallingSection, scenario: LoadedScenario) -> Sequence[tuple[tuple[str | int, ...], str]]:
    found: list[tuple[tuple[str | int, ...], str]] = [
        (("calls", index), f"the scenario has no dialogue {name!r}")
        for index, name in enumerate(section.calls or ())
        if name not in scenario.programs
    ]
    if section.entry not in section.phonebook:
        found.append((("entry",), f"the phone book has no entry {section.entry!r}"))
    for name, entry in section.phonebook.items():
        if entry.script is not None and (entry.script.command or entry.script.section):
            found.append((("phonebook", name, "script"), "only a .scp can be played in pure time"))
        if entry.pad is not None:
            found.append((("phonebook", name, "pad"), "a PAD can't be played in pure time"))
    known = {entry.script.file for entry in section.phonebook.values() if entry.script is not None}
    for index, action in enumerate(section.happens):
        found += [
            (("happens", index, "install", old), f"no entry of the phone book has the script {old!r}")
            for old in action.install or {}
            if old not in known
        ]
    if section.schedule.never and section.queued_for is None:
        found.append((("schedule",), "with no schedule and without queued_for the service never dials"))
    if not 0 < section.duration < math.inf:
        found.append((("for",), "a story must take some time"))
    return found


def _script_paths(section: DiallingSection) -> dict[str, tuple[str | int, ...]]:
    """Return the paths of all scripts, each with its place in the section."""
    paths: dict[str, tuple[str | int, ...]] = {}
    for name, entry in section.phonebook.items():
        if entry.script is not None and entry.script.file:
            paths.setdefault(entry.script.file, ("phonebook", name, "script"))
    for index, action in enumerate(section.happens):
        for old, new in (action.install or {}).items():
            paths.setdefault(new, ("happens", index, "install", old))
    return paths


def _compiled(
    files: Mapping[str, Path], paths: Mapping[str, tuple[str | int, ...]], document: Document
) -> dict[str, Program]:
    programs: dict[str, Program] = {}
    unreadable = []
    for text, file in files.items():
        try:
            programs[text] = compile_script(file.read_bytes(), str(file))
        except OSError as error:
            reason = reason_of(error).lower()
            unreadable.append(Diagnostic(document.place(paths[text]), f"the script {text!r} can't be read ({reason})"))
        except ScriptError as error:
            raise SourceError(error.source, error.diagnostics) from None
    if unreadable:
        raise SourceError(document.source, unreadable)
    return programs


def _config(scenario: LoadedScenario, section: DiallingSection, programs: Mapping[str, Program]) -> StoryConfig:
    scenario.refuse_programs("pure")
    entries = [entry.entry(name, Path()) for name, entry in section.phonebook.items()]
    numbered = enumerate(section.happens, 1)
    user = section.phonebook[section.entry].user
    return StoryConfig(
        line=session_config(scenario),
        service=section.config(),
        book=PhoneBook(entries),
        scripts=programs,
        password=scenario.model.isp.accounts.get(user, ""),
        on_give_up=OnGiveUp(section.on_give_up),
        host=section.mail_host.config(),
        began=datetime.fromisoformat(section.began),
        actions=[done for number, action in numbered for done in _actions(action, number, programs)],
    )


def _actions(section: ActionSection, number: int, programs: Mapping[str, Program]) -> list[Deed]:
    if section.mail is not None:
        return [QueueMail(section.at, section.mail.message(f"mail{number}"))]
    if section.install is not None:
        return [InstallScript(section.at, old, programs[new]) for old, new in section.install.items()]
    return [RestartService(section.at) if section.do == _RESTART else ReleasePort(section.at)]
