r"""What the characters of a word mean: escapes, ``^C``, substitutions.

::

    written     expected             sent
    ``\b``      BS                   BS
    ``\c``      c                    at the end: no CR follows; elsewhere c
    ``\d``      d                    a second passes
    ``\K``      K                    a break
    ``\p``      p                    a hundredth of a second passes
    ``\q``      nothing              nothing; the log does not show the text
    ``\n \r``   LF, CR               LF, CR
    ``\N``      N                    NUL
    ``\s \t``   blank, tab           blank, tab
    ``\T \U``   ``\T``, ``\U``       the text of the option -T or -U, else T or U
    ``\1``-``\377``  the octet       the octet
    ``\0``      nothing              NUL
    ``\x``      x                    x, for each other character
    ``^C``      control character    control character; ``^@`` is nothing, ``^`` at the end itself
    ``$NAME``   with the option -E: the variable's text

In a text from -T, -U or the environment only ``\d``, ``\K`` and ``\p`` mean something, and only when it is sent.

See Also:
    chat(8), ESCAPE SEQUENCES. It says a tenth of a second of ``\p`` and does not say what an escape means that is not
    valid in an expected string; both were found by trying.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["ActInSend", "SendText", "Substitutions", "atoi", "meant_in_expect", "meant_in_send"]

_SAME = {"b": 8, "r": 13, "n": 10, "s": 32, "t": 9}
_OCTAL = re.compile(rb"[0-7]{1,3}")
_NAME = re.compile(rb"[0-9A-Za-z_]*")
_NUMBER = re.compile(rb"[ \t\n\v\f\r]*([+-]?[0-9]+)")


class ActInSend(Enum):
    """What a send does besides sending octets."""

    DELAY = "delay"
    """A second passes."""
    PAUSE = "pause"
    """A hundredth of a second passes."""
    BREAK = "break"
    """A break on the line; a pseudo-terminal has none, so there it does nothing."""


_ACTS = {ord("d"): ActInSend.DELAY, ord("p"): ActInSend.PAUSE, ord("K"): ActInSend.BREAK}


@dataclass(frozen=True, slots=True)
class Substitutions:
    r"""What chat's options put into a script.

    Attributes:
        phone: What ``\T`` stands for (option -T); None without the option.
        phone2: What ``\U`` stands for (option -U).
        variables: The environment, if ``$NAME`` is to be replaced (option -E); None without the option.
    """

    phone: bytes | None = None
    phone2: bytes | None = None
    variables: Mapping[bytes, bytes] | None = None


@dataclass(frozen=True, slots=True)
class SendText:
    r"""What a send does.

    Attributes:
        elements: Octets and acts in their order, with the CR at the end.
        quiet: Whether ``\q`` hides it from the log.
    """

    elements: tuple[int | ActInSend, ...]
    quiet: bool = False

    @property
    def data(self) -> bytes:
        """The octets alone."""
        return bytes(element for element in self.elements if isinstance(element, int))


def meant_in_expect(data: bytes, substitutions: Substitutions = Substitutions()) -> bytes:
    r"""Return the octets that a word stands for where something is expected, or set up with ABORT and the like.

    Example:
        >>> meant_in_expect(rb"OK\r\n^J\q\d")
        b'OK\r\n\nd'
    """
    out = bytearray()
    at = 0
    while at < len(data):
        code = data[at]
        at += 1
        escaped = code == ord("\\")
        at = _escape_in_expect(data, at, out) if escaped else _plain(data, code, at, out, substitutions)
    return bytes(out)


def _escape_in_expect(data: bytes, at: int, out: bytearray) -> int:
    """Add what an escape means; return the index behind it. At the very end a backslash means nothing."""
    if at >= len(data):
        return at
    number = _OCTAL.match(data, at)
    if number is not None:
        code = int(number[0], 8) & 0xFF
        if code:
            out.append(code)
        return number.end()
    character = chr(data[at])
    if character in "TU":
        out += b"\\"
    if character != "q":
        out.append(_SAME.get(character, data[at]))
    return at + 1


def _plain(data: bytes, code: int, at: int, out: bytearray, substitutions: Substitutions) -> int:
    """Add a character that no backslash is before; return the index of the next one."""
    if code == ord("^") and at < len(data):
        control = data[at] & 0x1F
        if control:
            out.append(control)
        return at + 1
    if code == ord("$") and substitutions.variables is not None:
        name = _NAME.match(data, at)
        assert name is not None
        out += substitutions.variables.get(name[0], b"")
        return name.end()
    out.append(code)
    return at


@dataclass(slots=True)
class _Sending:
    """A send that is being made."""

    elements: list[int | ActInSend] = field(default_factory=list)
    quiet: bool = False
    returns: bool = True

    def add_inserted(self, text: bytes) -> None:
        """Add a text that an option has put there."""
        at = 0
        while at < len(text):
            code = text[at]
            at += 1
            if code == ord("\\") and at < len(text):
                self.elements.append(_ACTS.get(text[at], text[at]))
                at += 1
            elif code != ord("\\"):
                self.elements.append(code)


def meant_in_send(data: bytes, substitutions: Substitutions = Substitutions()) -> SendText:
    r"""Return what a word does where it is sent. ``EOT`` and ``BREAK`` by themselves are Control-D and a break.

    Example:
        >>> meant_in_send(rb"AT\s1").data, meant_in_send(rb"+++\c").data, meant_in_send(b"EOT").data
        (b'AT 1\r', b'+++', b'\x04')
        >>> meant_in_send(rb"\d\p\c").elements
        (<ActInSend.DELAY: 'delay'>, <ActInSend.PAUSE: 'pause'>)
    """
    if data == b"EOT":
        return SendText((4,))
    if data == b"BREAK":
        return SendText((ActInSend.BREAK,))
    sending = _Sending()
    at = 0
    while at < len(data):
        code = data[at]
        at += 1
        if code == ord("\\"):
            at = _escape_in_send(data, at, sending, substitutions)
        elif code == ord("$") and substitutions.variables is not None:
            inserted = bytearray()
            at = _plain(data, code, at, inserted, substitutions)
            sending.add_inserted(bytes(inserted))
        else:
            plain = bytearray()
            at = _plain(data, code, at, plain, substitutions)
            sending.elements += plain
    if sending.returns:
        sending.elements.append(13)
    return SendText(tuple(sending.elements), sending.quiet)


def _escape_in_send(data: bytes, at: int, sending: _Sending, substitutions: Substitutions) -> int:
    """Add what an escape means; return the index behind it."""
    elements = sending.elements
    if at >= len(data):
        elements.append(ord("\\"))
        return at
    number = _OCTAL.match(data, at)
    if number is not None:
        elements.append(int(number[0], 8) & 0xFF)
        return number.end()
    code = data[at]
    inserted = {ord("T"): substitutions.phone, ord("U"): substitutions.phone2}.get(code)
    if code == ord("q"):
        sending.quiet = True
    elif code == ord("c") and at + 1 == len(data):
        sending.returns = False
    elif inserted is not None:
        sending.add_inserted(inserted)
    elif code == ord("N"):
        elements.append(0)
    else:
        elements.append(_ACTS.get(code) or _SAME.get(chr(code), code))
    return at + 1


def atoi(data: bytes) -> int:
    """Return the number that a text begins with, as C's atoi does; 0 if it begins with none.

    Example:
        >>> atoi(b" 5x"), atoi(b"abc"), atoi(b"-3")
        (5, 0, -3)
    """
    number = _NUMBER.match(data[:40])
    return int(number[1]) if number else 0
