"""Splits the body of a command line into commands."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum

__all__ = ["ATCommand", "Form", "split"]


class Form(Enum):
    """The form of a command."""

    ACTION = "action"
    """``Z``, ``E0``, ``+FOO``: execute."""
    SET = "set"
    """``S7=60``, ``+FOO=1,2``."""
    READ = "read"
    """``S7?``, ``+FOO?``."""
    TEST = "test"
    """``+FOO=?``: list the values."""


@dataclass(frozen=True, slots=True)
class ATCommand:
    """One command of a command line.

    Attributes:
        name: In capitals: ``"E"``, ``"&C"``, ``"S"``, ``"+IFC"``, ``"D"``; ``"="`` for a register that a bare ``Sn``
            selected. A character that begins no command is a name by itself.
        form: The form.
        text: What follows the name: ``E0`` has ``"0"``, ``+IFC=2,2`` has ``"2,2"``, ``D`` has its dial string.
        register: The n of ``Sn``; 0 if omitted or not applicable.
        bit: The b of ``Sn.b``, one bit of a register; None without one.
    """

    name: str
    form: Form = Form.ACTION
    text: str = ""
    register: int = 0
    bit: int | None = None


_OPERATION = {"": Form.ACTION, "=": Form.SET, "?": Form.READ, "=?": Form.TEST}
_OUTSIDE_STRINGS = re.compile(r'"[^"]*"|[^"]+|"')
_GRAMMAR = re.compile(
    r"""
      (?P<dial>D) (?P<string>[^;]*;?)
    | (?P<store>&Z) (?P<number>.*)
    | (?P<register>S\d*|(?=[=?])) (?P<bit>(?<=\d)\.[0-7])? (?P<register_form>=?\??) (?P<register_value>(?<==)\d*|)
    | (?P<fax>\+F[A-Z]*) (?P<fax_form>=?\??) (?P<fax_value>[\d.,]*)
    | (?P<extended>\+[A-Z][A-Z0-9!%./:_-]*) (?P<extended_form>=?\??) (?P<extended_value>(?:"[^"]*"|[^;"])*)
    | (?P<other>[\^$*!_#%][A-Z][A-Z0-9_]*) (?P<other_form>=\??|\?|(?=;|\Z)) (?P<other_value>(?<==)(?:"[^"]*"|[^;"])*|)
    | (?P<basic>[&\\%*#$"-]?[A-Z]) (?P<basic_value>\d*)
    | (?P<unknown>.)
    """,
    re.VERBOSE,
)
_BASIC = re.compile(r"(?P<basic>[\\%*#$][A-Z])(?P<basic_value>\d*)")


def split(body: bytes, names: Container[str] = frozenset()) -> tuple[ATCommand, ...]:
    """Split the body of a command line.

    Spaces outside strings are ignored, and so is case. A semicolon ends an extended command and D; elsewhere it is
    skipped. Fax commands (``+F...``), which are older than the extended syntax, end where their number ends, as in
    C-Kermit's ``+FCLASS=0N1S37=0``.

    Makers begin names in the extended syntax with ``^ $ * ! _ # %`` too. Such a name ends with ``=``, ``?``, ``;`` or
    the line, so ``%C1E0`` might be one; it is the basic command ``%C`` if the modem has that and no such name.

    Args:
        body: Seven-bit octets without control characters.
        names: The names of the modem's commands.

    Example:
        >>> [command.name for command in split(b"e0 v1 &c1 +ifc=2,2; dt 555-1234")]
        ['E', 'V', '&C', '+IFC', 'D']
        >>> [command.name for command in split(b"%c1e0", frozenset({"%C"}))], split(b"%qport=1")[0].name
        (['%C', 'E'], '%QPORT')

    See Also:
        ITU-T V.250, 5.3.1 (basic), 5.3.2 (S-parameters), 5.4 (extended), 6.3.1 (D).
    """
    text, position, commands = _normalised(body.decode("ascii")), 0, []
    while match := _GRAMMAR.match(text, position):
        name = match["other"]
        if name is not None and _is_basic(name, names):
            match = _BASIC.match(text, position) or match
        position = match.end()
        if match.group() != ";":
            commands.append(_command(match))
    return tuple(commands)


def _is_basic(name: str, names: Container[str]) -> bool:
    """Return whether what may be an extended name begins with a basic command: its prefix and one letter."""
    return (len(name) == 2 or name not in names) and (name[:2] in names or name[2:].isdecimal())


def _normalised(text: str) -> str:
    """Return the text in capitals and without spaces, except inside strings."""
    parts = _OUTSIDE_STRINGS.findall(text)
    return "".join(part if len(part) > 1 and part[0] == '"' else part.replace(" ", "").upper() for part in parts)


def _command(match: re.Match[str]) -> ATCommand:
    """Return the command for a match of the grammar."""
    part = match.groupdict()
    match match.lastgroup:
        case "string":
            return ATCommand("D", text=part["string"])
        case "number":
            return ATCommand("&Z", text=part["number"])
        case "register_value":
            name, form, value = part["register"], part["register_form"], part["register_value"]
            bit = int(part["bit"][1:]) if part["bit"] else None
            return ATCommand(name[:1] or "=", _OPERATION[form], value, int(name[1:] or 0), bit)
        case "fax_value" | "extended_value" | "other_value" as group:
            kind = group.removesuffix("_value")
            return ATCommand(part[kind], _OPERATION[part[f"{kind}_form"]], part[group])
        case "basic_value":
            return ATCommand(part["basic"], text=part["basic_value"])
    return ATCommand(match.group())
