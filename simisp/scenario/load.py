"""Loads scenarios from files and texts: finds, parses and checks them, and compiles their dialogues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from simisp.diagnostics import WHOLE_FILE, Diagnostic, Place, SourceText, in_order, nearest
from simisp.errors import ScenarioError, UnsharedTimeError, reason_of
from simisp.isp.steps import DialogueProgram, HandOver
from simisp.scenario import document as yaml_document
from simisp.scenario import reader
from simisp.scenario.document import Document
from simisp.scenario.extends import extended
from simisp.scenario.line_section import check_line
from simisp.scenario.model import ModemSection, OwnLineSection, Scenario
from simisp.scenario.profile_names import PLAIN
from simisp.scenario.program import compile_dialogue
from simisp.scenario.reading import MOST_TOLD, Reading
from simisp.scenario.references import check_expectations, check_isp, check_lines, order_of_calls
from simisp.scenario.steps import Step

if TYPE_CHECKING:
    from simisp.modem.profile import ModemProfile

__all__ = [
    "APART",
    "LineOfBank",
    "LoadedScenario",
    "bundled",
    "bundled_folder",
    "checked",
    "find",
    "load",
    "loads",
    "public_scenarios",
]

APART = "dialling"
"""The section about the dialling side and its story rather than the ISP. The code that plays it parses it."""

_SUFFIXES = ("", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class LineOfBank:
    """One line of a scenario with several.

    Attributes:
        name: Its name in records.
        number: Its number.
        scenario: What is played on it.
    """

    name: str
    number: str
    scenario: LoadedScenario


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario that is ready to play. :func:`load` and :func:`loads` make it.

    Attributes:
        name: The scenario's name: the name of its file, without suffix.
        path: The path that it came from, as the user gave it.
        model: The typed scenario.
        programs: Internal: the code of each dialogue, by name.
        calls: The dialogue of the first call, the second, and so on; the last repeats.
        own_profile: Internal: the modem's profile; None for the standard one.
        has_story: Whether the file has the section ``dialling``.
        story: That section as written: texts, lists and mappings. It is checked where it is played.
        own: Internal: what is played on each of several lines that are listed, in their order; None where it is what
            is played on all.
    """

    name: str
    path: str
    model: Scenario
    programs: Mapping[str, DialogueProgram]
    calls: Sequence[str]
    own_profile: object = field(default=None, compare=False)
    has_story: bool = False
    story: object = None
    own: Sequence[LoadedScenario | None] = ()

    @property
    def bank(self) -> list[LineOfBank]:
        """Internal: the lines of its bank, in their order; empty if it has none."""
        if self.model.lines is None:
            return []
        from simisp.scenario.own_lines import names_of_lines  # few scenarios have several lines

        names = names_of_lines(self.model.lines)
        own = self.own or [None] * len(names)
        return [LineOfBank(*both, line or self) for both, line in zip(names, own, strict=True)]

    @property
    def started_programs(self) -> list[str]:
        """Internal: the names of the programs that its ISP leaves the line to, or has behind it, each once."""
        far_ends = [step for program in self.programs.values() for step in program.code if type(step) is HandOver]
        names = [step.program for step in far_ends if step.program]
        ppp = self.model.isp.ppp
        if ppp is not None and ppp.at_prompts and ppp.run is not None:
            names.append(ppp.run.name)
        return list(dict.fromkeys([*names, *(name for line in self.own if line for name in line.started_programs)]))

    def refuse_programs(self, time: str) -> None:
        """Internal: raise where a program of the ISP's would have to share time that it can't share.

        Args:
            time: What time it is, such as ``"pure"``.

        Raises:
            UnsharedTimeError: There is such a program.
        """
        if programs := self.started_programs:
            raise UnsharedTimeError(
                f"no {time} time with {self.name}: its ISP runs {' and '.join(programs)}, which has real time"
            )

    def with_seed(self, seed: int) -> LoadedScenario:
        """Return the scenario with another seed.

        Args:
            seed: Any integer; everything random in a run is drawn from it.
        """
        own = tuple(line and line.with_seed(seed) for line in self.own)
        return replace(self, model=self.model.model_copy(update={"seed": seed}), own=own)

    def with_lines(self, lines: int) -> LoadedScenario:
        """Return the scenario with another number of lines.

        Of lines that are listed the first ones stay as they are; further ones have nothing of their own.

        Args:
            lines: 1 or more; where they are not listed they have the numbers from 1 on.

        Raises:
            ValueError: Its modem has a multiplexer, a hunt group has a line above that number, or a listed line has the
                name of a further one.
        """
        modem, groups = self.model.modem, self.model.exchange.hunt_groups
        if modem.cmux is not None:
            raise ValueError("the scenario has one modem with a multiplexer")
        if any(line > lines for group in groups.values() for line in group):
            raise ValueError(f"a hunt group of the scenario has a line above {lines}")
        if not isinstance(self.model.lines, list):
            return replace(self, model=self.model.model_copy(update={"lines": lines}))
        more = max(0, lines - len(self.model.lines))
        listed = [*self.model.lines[:lines], *([OwnLineSection.model_construct()] * more)]
        model = self.model.model_copy(update={"lines": listed})
        changed = replace(self, model=model, own=(*self.own[:lines], *([None] * more)))
        if len({line.name for line in changed.bank}) < lines:
            raise ValueError("a line of the scenario is named like a further one; name it with a word")
        return changed


def bundled_folder() -> Path:
    """Return the folder of the bundled scenarios."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def bundled() -> list[Path]:
    """Return the files of the bundled scenarios, in order of name."""
    return sorted(bundled_folder().glob("*.yaml"))


def public_scenarios() -> list[Path]:
    """Return the files of the bundled scenarios that were made from public reports, in order of name."""
    return sorted(_public_folder().glob("*.yaml"))


def _public_folder() -> Path:
    return bundled_folder() / "public"


def find(name: str, *, beside: str | Path = "") -> Path:
    """Return the file of a scenario: the file ``name``, else the bundled scenario with that name.

    Args:
        name: A file, with or without its suffix, or the name of a bundled scenario.
        beside: A folder in which to look for a relative ``name`` before the current folder.

    Raises:
        ScenarioError: There is no such file; the message says where it was looked for.
    """
    own = list(dict.fromkeys([str(beside), ""]))
    folders = [*own, str(bundled_folder()), str(_public_folder())] if "/" not in name else own
    try:
        for path in (Path(folder, name + suffix) for folder in folders for suffix in _SUFFIXES):
            if path.exists() and not path.is_dir():
                return path
        kind = _nowhere(name, own)
    except OSError as error:  # a name that is too long, or a folder that cannot be searched
        kind = reason_of(error).lower()
    guess = nearest(Path(name).stem, [path.stem for path in (*bundled(), *public_scenarios())])
    hint = f"did you mean the bundled {guess!r}?" if guess else "`simisp list` shows the bundled ones"
    raise ScenarioError(SourceText(name, ""), [Diagnostic(WHOLE_FILE, kind, hint)])


def _nowhere(name: str, folders: Sequence[str]) -> str:
    """Return the message that a scenario's file was not found, with the places searched."""
    if any(Path(folder, name).is_dir() for folder in folders):
        return "a folder, not a scenario"
    named = name if name.endswith(_SUFFIXES[1:]) else f"{name}, {name}.yaml or {name}.yml"
    if Path(name).is_absolute():
        return f"no such file: {named}"
    places = " or ".join(dict.fromkeys(str(Path.cwd() / folder) for folder in folders))
    among = "" if "/" in name else ", and no bundled scenario of that name"
    return f"no such file: {named} in {places}{among}"


def load(name: str | Path, *, beside: str | Path = "") -> LoadedScenario:
    """Read and check a scenario.

    Args:
        name: A file, or the name of a bundled scenario, with or without ``.yaml``. A file takes precedence.
        beside: A folder in which to look for a relative ``name`` before the current folder.

    Raises:
        ScenarioError: It cannot be found or read, or it is wrong; every mistake is reported.
    """
    source = _text_of(find(str(name), beside=beside))
    return loads(source.text, name=source.name)


def _text_of(path: Path) -> SourceText:
    try:
        with path.open("rb") as file:
            data = file.read(reader.MOST_OCTETS + 1)
    except OSError as error:
        raise ScenarioError(SourceText(str(path), ""), [Diagnostic(WHOLE_FILE, reason_of(error).lower())]) from None
    source, diagnostics = reader.decode(data, str(path))
    if diagnostics:
        raise ScenarioError(source, diagnostics)
    return source


def _read_base(name: str, named_in: str) -> Document:
    """Read the scenario that another one extends: a file beside it, or a bundled one."""
    return reader.parse(_text_of(find(name, beside=Path(named_in).parent)))


def loads(text: str, *, name: str = "scenario.yaml") -> LoadedScenario:
    r"""Check a scenario's text.

    Args:
        text: The scenario in YAML.
        name: Its name in diagnostics.

    Raises:
        ScenarioError: It is wrong; every mistake is reported.

    Example:
        >>> loads("title: Nothing but silence\nisp: {dialogue: [silence]}").calls
        ('dialogue',)
    """
    return checked(extended(reader.parse(SourceText(name, text)), _read_base))


def checked(document: Document) -> LoadedScenario:
    """Check a scenario already parsed as YAML. Parts of it may come from other texts: mistakes name their text.

    Args:
        document: The document. The section ``dialling`` and everything wrong are removed from it.

    Raises:
        ScenarioError: It is wrong; every mistake is reported.
    """
    if document.root is None:
        mistakes = document.diagnostics or [Diagnostic(Place(1, 1), "the file is empty", "a scenario needs a title")]
        raise ScenarioError(document.source, mistakes)
    apart = _set_apart(document)
    reading = _read(document)
    scenario, diagnostics = _check(document, reading)
    diagnostics = [*document.diagnostics, *diagnostics]
    has_own_lines = scenario is not None and isinstance(scenario.model.lines, list)
    if scenario is not None and has_own_lines and not diagnostics:
        scenario, diagnostics = _with_own_lines(scenario, document)
    if scenario is not None and not (has_own_lines and diagnostics):
        diagnostics += islice(_check_names(scenario, document, reading), MOST_TOLD + 1)
    if diagnostics or scenario is None:
        # An alias repeats the same mistake.
        raise ScenarioError(document.source, _first(in_order(diagnostics, document.source)))
    story = None if apart is None else apart.plain()
    return replace(scenario, has_story=apart is not None, story=story)


def _check(document: Document, reading: Reading) -> tuple[LoadedScenario | None, list[Diagnostic]]:
    """Return a scenario without its expectations checked, None if it is unusable, and what is wrong with it."""
    if reading.model is None:
        return None, reading.diagnostics
    diagnostics = list(reading.diagnostics)
    programs: dict[str, DialogueProgram] = {}
    diagnostics += _compile(reading.model, document, reading, programs)
    diagnostics += islice(check_lines(reading.model, document), MOST_TOLD + 1)
    diagnostics += islice(check_isp(reading.model.isp, document, reading.removed), MOST_TOLD + 1)
    profile, found = _profile(reading.model.modem, document)
    diagnostics += found
    diagnostics += islice(_check_modem(reading.model.modem, profile, document), MOST_TOLD + 1)
    diagnostics += islice(check_line(reading.model.line, document), MOST_TOLD + 1)
    name, calls = document.source.name, order_of_calls(reading.model.isp)
    return LoadedScenario(Path(name).stem, name, reading.model, programs, calls, profile), diagnostics


def _with_own_lines(scenario: LoadedScenario, document: Document) -> tuple[LoadedScenario, list[Diagnostic]]:
    """Return a scenario with what each of its listed lines plays, and what is wrong with the first that is wrong."""
    from simisp.scenario.own_lines import documents_of_lines  # few scenarios have several lines

    own: list[LoadedScenario | None] = []
    for line in documents_of_lines(document):
        checked_line, diagnostics = (None, []) if line is None else _check(line, _read(line))
        if diagnostics:
            return scenario, diagnostics
        own.append(checked_line)
    return replace(scenario, own=tuple(own)), []


def _check_names(scenario: LoadedScenario, document: Document, reading: Reading) -> Iterator[Diagnostic]:
    """Yield what is wrong with the names in expectations: of all lines together, and of each line that has some."""
    own = [each for each in scenario.own if each is not None]
    programs = [program for each in (scenario, *own) for program in each.programs.values()]
    yield from check_expectations(scenario.model.expect, programs, document, reading.removed)
    for index, line in enumerate(scenario.own):
        if line is not None:
            played = list(line.programs.values())
            yield from check_expectations(line.model.expect, played, document, reading.removed, ("lines", index))


def _set_apart(document: Document) -> Document | None:
    """Remove and return the section about the dialling side; None if there was none."""
    if not isinstance(document.root, yaml_document.Mapping) or APART not in document.root.keys:
        return None
    document.root.keys.pop(APART)
    return Document(document.source, document.root.values.pop(APART), [])


def _first(told: list[Diagnostic]) -> list[Diagnostic]:
    """Return the first mistakes, and a note if there are more."""
    if len(told) <= MOST_TOLD:
        return told
    return [
        *told[:MOST_TOLD],
        Diagnostic(told[MOST_TOLD].place, f"more than {MOST_TOLD} mistakes: the rest is not shown"),
    ]


def _read(document: Document) -> Reading:
    try:
        return Reading(Scenario.model_validate(document.plain()))
    except ValidationError:
        from simisp.scenario.recovery import read  # a correct scenario starts faster without it

        return read(document)


def _profile(modem: ModemSection, document: Document) -> tuple[ModemProfile | None, list[Diagnostic]]:
    """Return the modem's profile, None for the standard one, and what is wrong with it."""
    if modem.profile in PLAIN:
        return None, []
    from simisp.scenario.profile_file import load_profile  # the usual modem reads no profile

    # A scenario may extend one in another folder: the file is relative to the one that names it.
    beside = Path(document.place(("modem", "profile")).file or document.source.name).parent
    try:
        return load_profile(modem.profile, beside=beside).profile, []
    except ScenarioError as error:
        if error.diagnostics[0].place.line == WHOLE_FILE.line:
            message = f"can't read the profile {modem.profile!r}: {error.diagnostics[0].message}"
            return None, [Diagnostic(document.place(("modem", "profile")), message)]
        return None, list(error.diagnostics)


def _check_modem(modem: ModemSection, profile: ModemProfile | None, document: Document) -> Iterator[Diagnostic]:
    if modem.cellular is not None and not (profile is not None and profile.is_cellular):
        yield Diagnostic(
            document.place(("modem", "cellular")),
            f"a modem of the profile {modem.profile} has no SIM and no network",
            "profile: gsm has them, and so have those that extend it",
        )
    if not (modem.commands or modem.registers or modem.factory or modem.result_codes):
        return
    from simisp.modem.commands import STANDARD_PROFILE  # most modems need nothing of it
    from simisp.scenario.modem_check import check_modem

    yield from check_modem(modem, profile or STANDARD_PROFILE, document)


def _compile(
    model: Scenario, document: Document, reading: Reading, programs: dict[str, DialogueProgram]
) -> Iterator[Diagnostic]:
    """Compile each dialogue into ``programs``; yield what is wrong with them."""
    has_accounts = document.node(("isp", "accounts")) is not None or "accounts" in reading.removed
    for name, path, steps in _dialogues(model):
        programs[name], found = compile_dialogue(
            steps,
            name=name,
            path=path,
            document=document,
            has_accounts=has_accounts,
            unread=reading.removed,
            whole=reading.is_whole(path),
            isp=model.isp,
        )
        yield from found


def _dialogues(model: Scenario) -> Iterator[tuple[str, tuple[str, ...], Sequence[Step]]]:
    """Yield each dialogue's name, path and steps."""
    for name, steps in (model.isp.dialogues or {}).items():
        yield name, ("isp", "dialogues", name), steps
    if model.isp.dialogue is not None:
        yield "dialogue", ("isp", "dialogue"), model.isp.dialogue
