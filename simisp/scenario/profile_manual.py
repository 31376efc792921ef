"""The manual page of the modem profiles, generated from their files."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scenario.profile_file import LoadedProfile, shipped
from simisp.scenario.profile_model import RowSection
from simisp.scenario.profile_names import shipped_names
from simisp.scenario.values import is_pattern

__all__ = ["manual_page"]

_INTRODUCTION = (
    "The profiles of modems that are shipped, and the commands that each adds to the one it extends. What becomes of a",
    "command is as in [modem.md](modem.md). A row is from a *standard*, a *manual* or a *capture* of a modem's octets;",
    "one that is *unverified* is from memory, and nobody has compared it with a modem.",
    "",
    "| profile | extends | what it is |",
    "|---|---|---|",
)


def manual_page() -> str:
    """Return the profiles and their own commands as Markdown tables."""
    profiles = [(name, shipped(name)) for name in shipped_names()]
    lines = [*_INTRODUCTION]
    lines += [f"| `{name}` | {_extended(loaded)} | {loaded.file.about.strip()} |" for name, loaded in profiles]
    lines += [
        "",
        "| profile | command | meaning | what becomes of it | from | values, or such as |",
        "|---|---|---|---|---|---|",
    ]
    for name, loaded in profiles:
        lines += [_row(name, command, row) for command, row in loaded.file.commands.items()]
    return "\n".join(lines) + "\n"


def _extended(loaded: LoadedProfile) -> str:
    return f"`{loaded.file.extends}`" if loaded.file.extends is not None else "the modem's own commands"


def _row(name: str, command: str, row: RowSection) -> str:
    clause = f", {row.clause}" if row.clause else ""
    shown = ", ".join(f"`{text}`" for text in _forms(row)).replace("|", "\\|")
    return f"| `{name}` | `AT{command}` | {row.meaning} | {row.disposition} | {row.source}{clause} | {shown} |"


def _forms(row: RowSection) -> Iterator[str]:
    yield from (f"({values})" for values in row.values)
    yield from (text for text in row.answers if not is_pattern(text))
    yield from row.tried
