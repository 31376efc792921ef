"""The manual page of the modem's commands, generated from the tables that the modem uses."""

from __future__ import annotations

from simisp.modem.commands import COMMANDS
from simisp.modem.registers import REGISTERS

__all__ = ["manual_page"]


def manual_page() -> str:
    """Return the commands and S-registers as two Markdown tables.

    Example:
        >>> [line for line in manual_page().splitlines() if line.startswith("| `ATE`")]
        ['| `ATE` | (0-1) | 1 | echo of commands | V.250 6.2.4 |']
    """
    lines = ["| command | values | factory | meaning | written in |", "|---|---|---|---|---|"]
    for row in COMMANDS:
        values, factory = ",".join(map(str, row.values)), ",".join(row.factory)
        lines.append(f"| `AT{row.name}` | {values} | {factory} | {row.meaning} | {row.clause} |")
    lines += ["", "| register | values | factory | meaning | written in |", "|---|---|---|---|---|"]
    lines += [
        f"| `S{register.number}` | {register.low}-{register.high} | {register.factory} | {register.meaning} "
        f"| {register.clause} |"
        for register in REGISTERS.values()
        if register.clause != "compatibility"
    ]
    return "\n".join(lines) + "\n"
