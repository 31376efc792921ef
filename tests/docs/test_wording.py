"""The wording rules of CONTRIBUTING.md, as far as a regular expression can see a breach."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(path for folder in ("simisp", "tests", "bench") for path in ROOT.joinpath(folder).rglob("*.py"))
C = sorted([*ROOT.joinpath("simisp").rglob("*.[ch]"), *ROOT.joinpath("tests").rglob("*.[ch]")])
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RULES = Path(__file__)

PATTERNS = {
    "'forever' is one word": r"\bfor ever\b",
    "no 'whom'": r"\bwhom\b",
    "no 'manieth'": r"\bmanieth\b",
    "a process, thread or file is no 'who'": r"\bwho (?:computes?|waits?|shares?|holds?|runs|sleeps?)\b",
    "a process is no 'somebody'": r"\b(?:somebody|anybody|everybody) (?:computes?|holds?|waits?|reads|writes|has)\b",
    "no sentence ends in a bare 'without'": r"\bwithout[.;](?=\s|$)",
    "no 'shall'": r"\bshall\b",
    "a file is in a folder, it does not lie there": r"\b(?:lies|lie|lay) (?:there|in an?|in the|on the port)\b",
}
"""Each rule with the expression of its breach. Quoted words and code are left out of what is searched."""


POSSIBLE = re.compile("|".join(PATTERNS.values()).replace(r"(?=\s|$)", ""))
"""What stands somewhere in every file with a breach. Most have it nowhere, and are not taken apart."""
_BREAK = re.compile(r"\s*\n[ \t]*(?:[#*/]+ ?)?")


def prose_of_python(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments and docstrings of a module, each with its line."""
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def prose_of_c(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the comments of a C source, each with its line."""
    source = path.read_text(encoding="utf-8")
    for comment in re.finditer(r"/\*.*?\*/|//[^\n]*", source, re.DOTALL):
        yield source.count("\n", 0, comment.start()) + 1, comment[0]


def prose_of_a_page(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of a page without its blocks of code, each with its line."""
    line = 1
    for number, part in enumerate(re.split(r"^```", path.read_text(encoding="utf-8"), flags=re.MULTILINE)):
        if number % 2 == 0:
            yield line, part
        line += part.count("\n")


def is_possible_in(path: Path) -> bool:
    """Whether a breach may be in a file; if not, none is."""
    return POSSIBLE.search(_BREAK.sub(" ", path.read_text(encoding="utf-8"))) is not None


def breaches(prose: Iterator[tuple[int, str]]) -> list[str]:
    found = []
    for line, text in prose:
        plain = re.sub(r"``.*?``|`[^`]*`|\"[^\"\n]*\"", "x", text)
        plain = _BREAK.sub(" ", plain)
        found += [
            f"line {line}: {rule}: …{plain[max(0, match.start() - 40) : match.end() + 20]}…"
            for rule, pattern in PATTERNS.items()
            for match in re.finditer(pattern, plain)
        ]
    return found


@pytest.mark.parametrize("kind", ["Python", "C", "pages"])
def test_no_comment_and_no_page_breaks_a_wording_rule(kind: str) -> None:
    files, prose = {"Python": (PYTHON, prose_of_python), "C": (C, prose_of_c), "pages": (PAGES, prose_of_a_page)}[kind]
    assert files
    all_breaches = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in files
        if path != RULES and is_possible_in(path)
        for breach in breaches(prose(path))
    ]
    assert not all_breaches, "\n".join(all_breaches)


def test_a_breach_is_found_where_a_comment_is_broken_over_lines(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""Waits for\n    ever, ``for ever`` in code is fine."""\n', encoding="utf-8")
    assert is_possible_in(module)
    assert len(breaches(prose_of_python(module))) == 1


@pytest.mark.parametrize(
    "breach", ['"""It runs without."""', "# who\n    # waits", "/* for\n * ever */", "it does without;\n"]
)
def test_no_breach_escapes_the_first_look(breach: str, tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.write_text(breach, encoding="utf-8")
    assert is_possible_in(module)
