"""The manual page of the faults, made from their table."""

from __future__ import annotations

from simisp.line.faults.table import FAULTS

__all__ = ["manual_page"]

_HEAD = """\
# The faults of a line

Made from the code: `make docs` writes it. [scenarios.md](scenarios.md), *The line, and what goes wrong on it*, says how
a scenario asks for them. *Where* is where a fault is unless `side` and `direction` say otherwise; *fixed* means that it
can be nowhere else. A fault that happens in one moment takes no `for`.

| fault | what it does | it is told | where | |
|---|---|---|---|---|
"""


def manual_page() -> str:
    """Return the page."""
    rows: list[str] = []
    for kind in FAULTS.values():
        told = ", ".join(
            f"`{'with' if name == 'by' and 'replace' in kind.parameters else name}`"
            + (" (needed)" if name in kind.required else "")
            for name in kind.parameters
        )
        where = f"{kind.side}, {kind.direction}" + (", fixed" if kind.fixed else "")
        moment = "" if kind.lasts else "in one moment"
        meaning = kind.meaning.replace("comes as `by`", "comes as `with`")
        rows.append(f"| `{kind.word}` | {meaning} | {told} | {where} | {moment} |")
    return _HEAD + "\n".join(rows) + "\n"
