r"""Reads the phone book of Windows NT and its successors, ``rasphone.pbk``.

The file has a section for each entry. Lines before the first ``MEDIA=`` are about the entry as a whole; ``MEDIA=``
opens a block about the port, and each ``DEVICE=`` a block about one device: ``modem`` with its numbers, ``pad`` with
the X.25 address behind it, ``switch`` with the script. Settings that do not apply to a modem on a serial port are
skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from simisp.diagnostics import Diagnostic, Place, Severity
from simisp.ras.phonebook import (
    LONGEST_NAME,
    Entry,
    PhoneBook,
    PostConnectScript,
    Protocol,
    why_undiallable,
    why_unfit_for_pad,
)
from simisp.switchinf import PadCall

__all__ = ["RasphoneRead", "read_rasphone"]

_PROTOCOLS = {"1": Protocol.PPP, "2": Protocol.SLIP}
_TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class RasphoneRead:
    """The result of reading a phone book.

    Attributes:
        book: The entries that can be dialled.
        diagnostics: What is wrong with the file, and which settings have no effect here.
    """

    book: PhoneBook
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class _Section:
    """One entry while it is being read."""

    name: str
    place: Place
    block: str = ""
    port: str = ""
    numbers: list[str] = field(default_factory=list)
    pad_section: str = ""
    pad: PadCall = field(default_factory=PadCall)
    script: PostConnectScript | None = None
    protocol: Protocol = Protocol.PPP
    user: str = ""
    redials: int = 0
    redial_pause: float = 60.0
    idle_hang_up: float | None = None


def read_rasphone(text: str, *, name: str = "rasphone.pbk", ports: Mapping[str, str] | None = None) -> RasphoneRead:
    r"""Read a ``rasphone.pbk``. Never raises: errors are in the diagnostics.

    Args:
        text: The file's text.
        name: The file's name in diagnostics.
        ports: Maps ports in the file to ports here, such as ``{"COM1": "/dev/ttyS0"}``; others keep their name.

    Example:
        >>> text = "[OzEmail]\nMEDIA=serial\nPort=COM2\nDEVICE=modem\nPhoneNumber=5551234\n"
        >>> entry = read_rasphone(text, ports={"COM2": "/dev/ttyS1"}).book.find("OzEmail")
        >>> entry.number, entry.port
        ('5551234', '/dev/ttyS1')
    """
    reader = _Reader(ports or {})
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        reader.take(line, number)
    reader.finish()
    return RasphoneRead(PhoneBook(reader.entries, source=name), tuple(reader.diagnostics))


class _Reader:
    """Reads line by line."""

    def __init__(self, ports: Mapping[str, str]) -> None:
        self.entries: list[Entry] = []
        self.diagnostics: list[Diagnostic] = []
        self._ports = {port.casefold(): path for port, path in ports.items()}
        self._names: set[str] = set()
        self._section: _Section | None = None
        self._place = Place(1, 1)
        self._keys: Mapping[tuple[str, str], Callable[[_Section, str], None]] = {
            ("", "baseprotocol"): self._base_protocol,
            ("", "user"): self._user,
            ("", "redialattempts"): self._redials,
            ("", "redialseconds"): self._redial_pause,
            ("", "idledisconnectseconds"): self._idle_hang_up,
            ("media", "port"): self._port,
            ("modem", "phonenumber"): self._number,
            ("pad", "x25pad"): self._pad_section,
            ("pad", "x25address"): partial(self._pad, name="address"),
            ("pad", "userdata"): partial(self._pad, name="user_data"),
            ("pad", "facilities"): partial(self._pad, name="facilities"),
            ("switch", "type"): self._script,
            ("switch", "name"): self._script,
        }

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        stripped = line.strip()
        self._place = Place(number, 1, max(1, len(line)))
        if not stripped or stripped.startswith(";"):
            return
        if stripped.startswith("["):
            self._begin(stripped, line)
            return
        key, equals, value = stripped.partition("=")
        if not equals:
            self._complain("neither a [section] nor a line such as Key=Value")
        elif self._section is None:
            self._complain("this line comes before the first [entry]")
        else:
            self._place = Place(number, line.index("=") + 2, max(1, len(value)))
            self._setting(self._section, key.strip().casefold(), value.strip())

    def finish(self) -> None:
        """Complete the last entry."""
        section, self._section = self._section, None
        if section is None:
            return
        self._place = section.place
        if not section.numbers:
            self._complain(f"the entry {section.name!r} has no number to dial", severity=Severity.WARNING)
            return
        self.entries.append(
            Entry(
                section.name,
                section.numbers[0],
                self._ports.get(section.port.casefold(), section.port),
                alternatives=tuple(section.numbers[1:]),
                pad=self._pad_script(section),
                script=section.script,
                user=section.user,
                protocol=section.protocol,
                redials=section.redials,
                redial_pause=section.redial_pause,
                idle_hang_up=section.idle_hang_up,
            )
        )

    def _begin(self, header: str, line: str) -> None:
        here = self._place
        self.finish()
        self._place = here
        if not header.endswith("]"):
            self._complain("the section's name does not end with ]")
        name = header.strip("[]")
        self._place = Place(self._place.line, line.index("[") + 2, max(1, len(name)))
        if not name:
            self._complain("the entry has no name")
            return
        if name.casefold() in self._names:
            self._complain(f"a second entry {name!r}; the first one counts", severity=Severity.WARNING)
        if len(name) > LONGEST_NAME:
            message = f"the name has more than {LONGEST_NAME} characters"
            self._complain(message, "Exchange 4.0 and 5.0 fail to dial it, with error 87", Severity.WARNING)
        self._names.add(name.casefold())
        self._section = _Section(name, self._place)

    def _setting(self, section: _Section, key: str, value: str) -> None:
        if key == "media":
            section.block = "media"
        elif key == "device":
            section.block = value.casefold()
        else:
            take = self._keys.get((section.block, key))
            if take is not None and value:
                take(section, value)

    def _base_protocol(self, section: _Section, value: str) -> None:
        if value in _PROTOCOLS:
            section.protocol = _PROTOCOLS[value]
        else:
            self._complain(f"the protocol {value} is neither 1 (PPP) nor 2 (SLIP)", "it is dialled as PPP")

    def _user(self, section: _Section, value: str) -> None:
        section.user = value

    def _redials(self, section: _Section, value: str) -> None:
        section.redials = self._count(value) or 0

    def _redial_pause(self, section: _Section, value: str) -> None:
        section.redial_pause = float(self._count(value) or 0)

    def _idle_hang_up(self, section: _Section, value: str) -> None:
        # Both 0 and -1 mean "never".
        section.idle_hang_up = float(self._count(value) or 0) or None

    def _port(self, section: _Section, value: str) -> None:
        section.port = value

    def _number(self, section: _Section, value: str) -> None:
        reason = why_undiallable(value)
        if reason:
            self._complain(reason)
        else:
            section.numbers.append(value)

    def _script(self, section: _Section, value: str) -> None:
        if not section.numbers:
            self._complain("a script before dialling is not played", "", Severity.WARNING)
        elif value.casefold() == _TERMINAL:
            self._complain("a terminal window after dialling is not opened", "", Severity.WARNING)
        elif value.casefold().endswith(".scp"):
            section.script = PostConnectScript(value)
        else:
            section.script = PostConnectScript("switch.inf", section=value.strip("[]"))

    def _pad_section(self, section: _Section, value: str) -> None:
        section.pad_section = value.strip("[]")

    def _pad(self, section: _Section, value: str, *, name: str) -> None:
        reason = why_unfit_for_pad(value)
        if reason:
            self._complain(reason)
        else:
            section.pad = replace(section.pad, **{name: value})

    def _pad_script(self, section: _Section) -> PostConnectScript | None:
        """Return what calls through the PAD of an entry; None when it has no PAD."""
        if section.pad_section:
            if not section.pad.address:
                self._complain(f"the entry {section.name!r} has a PAD and no X25Address", severity=Severity.WARNING)
            return PostConnectScript("pad.inf", section.pad_section, section.pad)
        if section.pad != PadCall():
            message = f"the entry {section.name!r} calls through a PAD and has no X25Pad, its section of pad.inf"
            self._complain(message, severity=Severity.WARNING)
        return None

    def _count(self, value: str) -> int | None:
        if value == "-1":
            return None
        if value.isascii() and value.isdecimal() and len(value) <= 9:
            return int(value)
        self._complain(f"{value!r} is not a number of times or seconds")
        return None

    def _complain(self, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> None:
        self.diagnostics.append(Diagnostic(self._place, message, hint, severity=severity))
