"""Scenarios out of files: found, read, checked, and made ready to play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from simisp.diagnostics import Diagnostic, Place, SourceText, nearest
from simisp.errors import ScenarioError
from simisp.isp.steps import Program
from simisp.scenario import document as yaml_document
from simisp.scenario.diagnose import diagnose
from simisp.scenario.document import Document
from simisp.scenario.model import Scenario
from simisp.scenario.program import compile_dialogue

__all__ = ["LoadedScenario", "bundled", "bundled_folder", "find", "load", "loads"]

_SUFFIXES = ("", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario that is ready to play.

    Attributes:
        name: What the scenario is called: its file's name without suffix.
        path: Where it came from, as a person would write it.
        model: The scenario, typed.
        programs: Each dialogue's code, by name.
        calls: The dialogue of the first call, of the second…; the last repeats.
    """

    name: str
    path: str
    model: Scenario
    programs: Mapping[str, Program]
    calls: Sequence[str]

    def with_seed(self, seed: int) -> LoadedScenario:
        """Return the scenario with another seed."""
        return replace(self, model=self.model.model_copy(update={"seed": seed}))


def bundled_folder() -> Path:
    """Return the folder of the scenarios that come with simisp."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def bundled() -> list[Path]:
    """Return the files of the scenarios that come with simisp, in the order of their names."""
    return sorted(bundled_folder().glob("*.yaml"))


def find(name: str) -> Path:
    """Return the file of a scenario: the file ``name``, else the bundled scenario of that name.

    Raises:
        ScenarioError: There is neither.
    """
    for suffix in _SUFFIXES:
        path = Path(name + suffix)
        if path.is_file():
            return path
    if "/" not in name:
        for suffix in _SUFFIXES:
            path = bundled_folder() / (name + suffix)
            if path.is_file():
                return path
    known = [path.stem for path in bundled()]
    guess = nearest(Path(name).stem, known)
    hint = f"did you mean the bundled {guess!r}?" if guess else "`simisp list` shows the bundled ones"
    kind = "a folder, not a scenario" if Path(name).is_dir() else "no such file, and no bundled scenario of that name"
    raise ScenarioError(SourceText(name, ""), [Diagnostic(Place(1, 1), kind, hint)])


def load(name: str | Path) -> LoadedScenario:
    """Read and check a scenario.

    Args:
        name: A file, or the name of a bundled scenario, with or without ``.yaml``.

    Raises:
        ScenarioError: It is not to be found, can't be read, or is wrong; every mistake is told.
    """
    path = find(str(name))
    try:
        with path.open("rb") as file:
            data = file.read(yaml_document.MOST_OCTETS + 1)
    except OSError as error:
        raise ScenarioError(
            SourceText(str(name), ""), [Diagnostic(Place(1, 1), error.strerror or str(error))]
        ) from None
    source, diagnostics = yaml_document.decode(data, str(path))
    if diagnostics:
        raise ScenarioError(source, diagnostics)
    return loads(source.text, name=str(path))


def loads(text: str, *, name: str = "scenario.yaml") -> LoadedScenario:
    """Check a scenario's text.

    Args:
        text: The scenario in YAML.
        name: What diagnostics call it.

    Raises:
        ScenarioError: It is wrong; every mistake is told.

    Example:
        >>> loads("title: Nothing but silence\\nisp: {dialogue: [silence]}").calls
        ('dialogue',)
    """
    document = yaml_document.parse(SourceText(name, text))
    if document.root is None:
        mistakes = document.diagnostics or [Diagnostic(Place(1, 1), "the file is empty", "a scenario needs a title")]
        raise ScenarioError(document.source, mistakes)
    try:
        model = Scenario.model_validate(document.plain())
    except ValidationError as error:
        raise ScenarioError(document.source, document.diagnostics + diagnose(error, document)) from None
    programs, diagnostics = _compile(model, document)
    calls, unknown = _calls(model, document)
    diagnostics = [*document.diagnostics, *diagnostics, *unknown]
    if diagnostics:
        raise ScenarioError(document.source, diagnostics)
    return LoadedScenario(Path(name).stem, name, model, programs, calls)


def _compile(model: Scenario, document: Document) -> tuple[dict[str, Program], list[Diagnostic]]:
    isp = model.isp
    dialogues = {"dialogue": isp.dialogue} if isp.dialogue is not None else isp.dialogues or {}
    programs, diagnostics = {}, []
    for name, steps in dialogues.items():
        path = ("isp", "dialogue") if isp.dialogue is not None else ("isp", "dialogues", name)
        programs[name], found = compile_dialogue(
            steps, name=name, path=path, document=document, has_accounts=bool(isp.accounts)
        )
        diagnostics += found
    return programs, diagnostics


def _calls(model: Scenario, document: Document) -> tuple[tuple[str, ...], list[Diagnostic]]:
    isp = model.isp
    if isp.dialogue is not None:
        return ("dialogue",), []
    dialogues = isp.dialogues or {}
    calls = tuple(isp.calls if isp.calls is not None else dialogues)
    diagnostics = []
    for index, name in enumerate(calls):
        if name not in dialogues:
            guess = nearest(name, dialogues)
            place = document.find(("isp", "calls", index))[0]
            hint = f"did you mean {guess!r}?" if guess else "known: " + ", ".join(dialogues)
            diagnostics.append(Diagnostic(place, f"no dialogue {name!r}", hint))
    return calls, diagnostics
