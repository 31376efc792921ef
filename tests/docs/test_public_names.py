"""What is public is listed, documented and typed, and the documents use nothing else."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest

from simisp import facts
from simisp.reference.manual import undocumented
from simisp.reference.public import (
    MODULES,
    PublicName,
    internal_attributes,
    is_constructed,
    members_of,
    public_names,
    signature_lines,
)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED_ELSEWHERE = ("simisp.scenario.model", "simisp.scenario.steps")
"""What docs/transcript.md and docs/scenarios.md describe, and docs/python.md names as public."""
PROMPTED = re.compile(r"^(?:>>>|\.\.\.) ?(.*)$", re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Return the programs that the documents show, and where each stands."""
    found = [(path.name, path.read_text(encoding="utf-8")) for path in ROOT.glob("docs/examples/**/*.py")]
    for page in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]):
        if page.name != "architecture.md":
            blocks = [
                "\n".join(PROMPTED.findall(block)) or block for block in BLOCK.findall(page.read_text(encoding="utf-8"))
            ]
            found += [(page.name, text) for text in blocks if re.search(r"^(from|import) simisp", text, re.MULTILINE)]
    return found


def imported(text: str) -> set[tuple[str, str]]:
    """Return what a program imports from simisp: module and name."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "simisp":
            found |= {(node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names if alias.name.partition(".")[0] == "simisp"}
    return found


def test_the_examples_in_the_documents_import_public_names_only() -> None:
    public = {(name.module, name.name) for name in public_names()} | {(module, "") for module in MODULES}
    rooms = [importlib.import_module(f"{facts.__name__}.{room.name}") for room in pkgutil.iter_modules(facts.__path__)]
    public |= {(room.__name__, name) for room in rooms for name in room.__all__}
    assert examples()
    for page, text in examples():
        others = {(module, name) for module, name in imported(text) - public if module not in DOCUMENTED_ELSEWHERE}
        assert not others, f"{page} uses what is internal: {others}"


def test_every_public_name_says_what_it_is() -> None:
    assert not undocumented()


def test_signatures_name_the_types_that_are_given_and_no_more() -> None:
    assert not [line for line in signature_lines() if "Final[" in line]


def test_what_is_public_is_typed_with_what_is_public() -> None:
    public = {id(name.value) for name in public_names()}
    named = {
        f"{where}: {kind.__module__}.{kind.__qualname__}"
        for name in public_names()
        for where, hint in typed_parts(name)
        for kind in classes_in(hint)
        if id(kind) not in public and kind.__module__ not in DOCUMENTED_ELSEWHERE
    }
    assert not named


def typed_parts(name: PublicName) -> Iterator[tuple[str, object]]:
    """Yield the type of each parameter, result and attribute of a public name, and where it stands."""
    value, parts = name.value, {}
    if isinstance(value, type):
        if is_dataclass(value):
            hints = get_type_hints(value)
            internal = internal_attributes(value)
            parts[""] = {field.name: hints[field.name] for field in fields(value) if field.name not in internal}
        elif "__init__" in vars(value) and is_constructed(value):
            parts["()"] = get_type_hints(vars(value)["__init__"])
        for member, found in members_of(value):
            called = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
            parts[f".{member}"] = get_type_hints(called)
    elif callable(value) and not get_origin(value):
        parts[""] = get_type_hints(value)
    else:
        parts[""] = {"": value}
    yield from ((f"{name.name}{part} {at}", hint) for part, hints in parts.items() for at, hint in hints.items())


def classes_in(hint: object) -> Iterator[type]:
    """Yield simisp's own classes in a type."""
    if isinstance(hint, type) and get_origin(hint) is None and hint.__module__.startswith("simisp."):
        yield hint
    for part in hint if isinstance(hint, list) else get_args(hint):
        yield from classes_in(part)


@pytest.mark.parametrize("module", [module for module, names in MODULES.items() if names is None])
def test_all_of_a_public_modules_names_are_listed_and_exist(module: str) -> None:
    loaded = importlib.import_module(module)
    assert loaded.__all__ == sorted(loaded.__all__, key=lambda name: (name.islower() or "_" in name, name))
    assert all(hasattr(loaded, name) for name in loaded.__all__)


PROGRAM = """
from collections.abc import Mapping

from simisp.errors import EndpointError, SimispError
from simisp.results import Circuit, Holder, PortReport, Record, Source, Verdict, VerdictKind, read
from simisp.testing import Conversation, Hear, Line, RunOptions, in_virtual_time, memory_line, play, play_pure


def judged(command: list[str], environment: Mapping[str, str]) -> str:
    records: list[Record] = []
    try:
        verdict: Verdict = play(
            "hang", command, clock="auto", give_up="3s", grace=0.5, environment=environment, on_record=records.append
        )
    except EndpointError as error:
        return f"{error.path}: {error.remedy}"
    if verdict.kind is VerdictKind.HANG and verdict.report is not None:
        holder: Holder = verdict.report.holders[0]
        return holder.blocked_in
    return verdict.reason


def shared(command: list[str]) -> int:
    return play("login", command, options=RunOptions(give_up=300.0), clock="virtual").exit_status


def dialler() -> Conversation:
    yield b"ATDT5551234\\r"
    return 0 if (yield Hear("CONNECT", "BUSY", within=60.0)) == "CONNECT" else 1


def pure() -> bool:
    return play_pure("login", dialler, options=RunOptions(allow_unopened=True)).kind is VerdictKind.RELEASED


def held() -> PortReport:
    with Line("hang") as line:
        line.wait_for("Username:", within=2.5)
        return line.report()


def sent(file: str) -> list[float]:
    with open(file, encoding="utf-8") as lines:
        return [record.at for record in read(lines).records if record.source is Source.CLIENT]


@in_virtual_time
async def carrier() -> bool:
    async with memory_line("login", judged=False) as line:
        reader, writer = line.open()
        writer.write(b"ATDT5551234\\r")
        await line.wait_for("CONNECT")
        return line.circuit(Circuit.DCD)


def main() -> None:
    try:
        print(judged(["true"], {}), shared(["true"]), held().holders, pure(), sent("t.jsonl"), carrier())
    except SimispError as error:
        print(error)
"""


def test_a_users_program_passes_mypy_strict(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    assert _mypy(program).returncode == 0, _mypy(program).stdout


def test_a_users_mistakes_are_found_by_mypy(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    mistakes = [
        "play('hang', ['true'], patience=3)",
        "play('hang', ['true'], give_up_kills='all')",
        "play('hang').kind",
    ]
    program.write_text("from simisp.testing import play\n" + "\n".join(mistakes) + "\n")
    said = _mypy(program).stdout
    assert [line.split(":")[1] for line in said.splitlines() if ": error:" in line] == ["2", "3", "4"], said


def _mypy(program: Path) -> subprocess.CompletedProcess[str]:
    """Check a program as its author would, with none of this project's settings."""
    cache = ROOT / ".mypy_cache" / "users"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(cache), program.name]
    return subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False)
