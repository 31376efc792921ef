"""The placeholders in a command: the port's path, the parts of its address, and what is only a misspelt one.

A command is any program, and braces have a meaning in many: ``awk '{print $1}'``, ``find … {} +``, ``${HOME}``. Behind
a dollar sign even ``${port}`` is a variable of a shell or of JavaScript, and ``${port:1}`` a part of its text. So what
is no placeholder stays as it is, unless it is one slip away from a placeholder that the command does not have:

=====================================  ===============================================================================
an argument                            what counts as a slip
=====================================  ===============================================================================
without blanks, such as ``{pot}``      a letter too many, too few, another one, or two that changed places
with blanks: a program of its own      two letters that changed places, such as ``{prot}``: no other word is like that
=====================================  ===============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from simisp.endpoints.opening import address_of
from simisp.errors import ClientError

__all__ = ["LOCKS_PLACEHOLDER", "PORT_PLACEHOLDER", "has", "with_port", "written"]

PORT_PLACEHOLDER = "{port}"
"""The placeholder for the port's path in a command."""
_NAMED_PORT = re.compile(r"(?<!\$)\{(port|host|tcp_port):([A-Za-z][\w-]+|\d+)\}")
"""A placeholder for a port by its name. A single letter is left to programs in the command: it may be a format."""
_ADDRESS_WORDS = ("host", "tcp_port")
"""The words for the two parts of a TCP port's address."""
LOCKS_PLACEHOLDER = "{locks}"
"""The placeholder for a run's own lock folder in a command."""
_WORD = re.compile(r"(?<![$\\])\{([A-Za-z_]{2,12})(:[\w-]+)?\}")
_BLANK = re.compile(r"\s")


def with_port(command: Sequence[str], port: str, ports: Mapping[str, str]) -> tuple[list[str], bool]:
    """Return a command with the port written into it, or one of several by its name, and whether any was.

    Args:
        command: The program and its arguments.
        port: The path of the port.
        ports: The paths of several ports by their names.

    Raises:
        ClientError: A port is named that there isn't, or a placeholder is misspelt.
    """
    places = [(PORT_PLACEHOLDER, port), *((f"{{port:{name}}}", path) for name, path in ports.items())]
    has_address = bool(address_of(port)[0])
    if has_address:
        for end, path in (("", port), *((f":{name}", path) for name, path in ports.items())):
            places += [(f"{{{word}{end}}}", part) for word, part in zip(_ADDRESS_WORDS, address_of(path), strict=True)]
    known_words = [f"{{{word}}}" for word in _ADDRESS_WORDS] if has_address else []
    _refuse_slips(command, [PORT_PLACEHOLDER, LOCKS_PLACEHOLDER, *known_words])
    argv = list(command)
    for placeholder, text in places:
        argv = [written(word, placeholder, text) for word in argv]
    named = (found for word in argv for found in _NAMED_PORT.finditer(word))
    unknown = next((found for found in named if has_address or found[1] == "port"), None)
    if unknown is not None:
        what = unknown[1]
        known = ", ".join(f"{{{what}:{name}}}" for name in ports) if len(ports) > 1 else f"{{{what}}} alone"
        raise ClientError(f"the command can't be started: there is no {unknown[0]}, but {known}")
    return argv, any(has(word, placeholder) for placeholder, _ in places for word in command)


def written(word: str, placeholder: str, text: str) -> str:
    """Return an argument with a text in place of a placeholder, wherever that is none of a shell's variables."""
    if placeholder not in word:
        return word
    return re.sub(rf"(?<!\$){re.escape(placeholder)}", lambda _: text, word)


def has(word: str, placeholder: str) -> bool:
    """Return whether a placeholder stands in an argument.

    Example:
        >>> [has(word, "{port}") for word in ("-l{port}", "echo ${port}")]
        [True, False]
    """
    return placeholder in word and written(word, placeholder, "") != word


def _refuse_slips(command: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a misspelt placeholder.

    Raises:
        ClientError: There is one.
    """
    text = "\0".join(command)
    names = [placeholder.strip("{}") for placeholder in known]
    missed = [name for name in names if f"{{{name}}}" not in text and f"{{{name}:" not in text]
    for argument in command:
        may_be_a_program = bool(_BLANK.search(argument))
        for found in _WORD.finditer(argument):
            word = found[1].lower()
            meant = next((name for name in missed if _is_slip(word, name, only_swapped=may_be_a_program)), None)
            if meant is not None:
                suggestion = f"{{{meant}{found[2] or ''}}}"
                raise ClientError(f"the command can't be started: there is no {found[0]}; did you mean {suggestion}?")


def _is_slip(word: str, meant: str, *, only_swapped: bool) -> bool:
    """Return whether a word is another with one slip of the fingers."""
    return word in (_swapped(meant) if only_swapped else {meant, *_swapped(meant), *_one_off(meant, word)})


def _swapped(name: str) -> Iterator[str]:
    return (name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1) if name[i] != name[i + 1])


def _one_off(name: str, word: str) -> Iterator[str]:
    """Yield the names with a letter less than ``name``, and those with one of ``word``'s letters more or in place."""
    for i in range(len(name) + 1):
        yield name[:i] + name[i + 1 :]
        if i < len(word):
            yield name[:i] + word[i] + name[i:]
            yield name[:i] + word[i] + name[i + 1 :]
