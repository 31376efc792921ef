"""The manual page of the modem's commands, generated from the tables that the modem uses."""

from __future__ import annotations

from simisp.modem.commands import COMMANDS
from simisp.modem.registers import REGISTERS

__all__ = ["manual_page"]

_INTRODUCTION = (
    "The commands of the modem, in the order of V.250, with their values after `AT&F`. What becomes of a command:",
    "",
    "- *implemented*: it does what is written, as far as a simulated line can show it.",
    "- *accepted*: its values are checked, kept and shown, and nothing else depends on them.",
    "- *declined*: it is known, and gives ERROR.",
    "",
    "Any other command gives ERROR too. `A/`, without a prefix and without CR, runs the last line again (V.250 5.2.4).",
    "",
)


def manual_page() -> str:
    """Return the commands and S-registers as two Markdown tables.

    Example:
        >>> [line for line in manual_page().splitlines() if line.startswith("| `ATE`")]
        ['| `ATE` | (0-1) | 1 | echo of commands | V.250 6.2.4 | implemented |']
    """
    lines = [*_INTRODUCTION, "| command | values | factory | meaning | written in | what becomes of it |"]
    lines.append("|---|---|---|---|---|---|")
    for row in COMMANDS:
        values, factory = ",".join(map(str, row.values)), ",".join(row.factory)
        written_in = f"{row.clause}, {row.source}" if row.source else row.clause
        lines.append(
            f"| `AT{row.name}` | {values} | {factory} | {row.meaning} | {written_in} | {row.disposition.value} |"
        )
    lines += ["", "| register | values | factory | meaning | written in |", "|---|---|---|---|---|"]
    lines += [
        f"| `S{register.number}` | {register.low}-{register.high} | {register.factory} | {register.meaning} "
        f"| {register.clause} |"
        for register in REGISTERS.values()
        if register.clause != "compatibility"
    ]
    return "\n".join(lines) + "\n"
