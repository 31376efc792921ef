"""The parser: a SWITCH.INF in, sections and diagnostics out. It never raises, and reports everything in one pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from simisp.diagnostics import Diagnostic, Place, Severity, SourceText, nearest
from simisp.errors import ScriptError
from simisp.switchinf.faults import Fault, Findings, Hint
from simisp.switchinf.macros import command_pieces, response_pieces
from simisp.switchinf.syntax import Command, CommandPiece, Response, ResponseKind, Section
from simisp.switchinf.text import decode

__all__ = ["MAX_LINE", "MAX_NAME", "MAX_SIZE", "Parsed", "find_section", "parse"]

MAX_SIZE = 2**20
"""The largest file that is read, in characters or octets."""

MAX_NAME = 31
"""The longest name of a section, in characters."""

MAX_LINE = 1024
"""The longest line, in characters."""

_COMMANDS = ("COMMAND", "COMMAND_INIT", "COMMAND_DIAL", "COMMAND_LISTEN")
_KINDS = {kind.value: kind for kind in ResponseKind}
_FLAGS = ("NORESPONSE", "NOECHO")
_DEVICE = ("DEFAULTOFF", "MAXCARRIERBPS", "MAXCONNECTBPS", "DEVICETYPE")
_KEYWORDS = ("COMMAND", *_KINDS, "NoResponse", "NoEcho")

_NAMES_COMPARED = 100  # with more names, the search for the nearest takes long and says little

_LINE_END = re.compile(r"\r\n|\r|\n")
_SHAPE = re.compile(r"[ \t]*(?P<keyword>[A-Za-z_][A-Za-z0-9_]*)[ \t]*(?P<equals>=)?[ \t]*")


@dataclass(frozen=True)
class Parsed:
    """The result of parsing a file.

    Attributes:
        sections: The scripts, in the order of the file.
        diagnostics: Errors and warnings, in the order of the file.
        source: The text and its name.
    """

    sections: tuple[Section, ...]
    diagnostics: tuple[Diagnostic, ...]
    source: SourceText

    @property
    def has_errors(self) -> bool:
        """Whether an error was found that keeps scripts from running."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def parse(text: str | bytes, name: str = "switch.inf") -> Parsed:
    r"""Parse a SWITCH.INF.

    Blanks around the equals sign and at the end of a line are ignored; write ``<h20>`` to send a blank.

    Args:
        text: The file, as text or as octets.
        name: The name that users know it by, usually its path.

    Returns:
        The sections and all findings. No text makes this raise.

    Example:
        >>> parsed = parse("[Generic login]\nCOMMAND=\nOK=<match>\"ogin:\"\nLOOP=<ignore>\n")
        >>> parsed.diagnostics, [section.name for section in parsed.sections]
        ((), ['Generic login'])
    """
    findings = Findings()
    if len(text) > MAX_SIZE:
        unit = "characters" if isinstance(text, str) else "octets"
        message = f"{len(text)} {unit} are too many for a list of scripts; the limit is {MAX_SIZE}"
        findings.add(Fault.TOO_LARGE, Place(1, 1), message, "is this the right file?")
        text = ""
    decoded = (text if isinstance(text, str) else decode(text)).removesuffix("\x1a")
    reader = _Reader(findings)
    for number, line in enumerate(_LINE_END.split(decoded), 1):
        reader.read(number, line)
    reader.close_section()
    return Parsed(tuple(reader.sections), findings.diagnostics(), SourceText(name, decoded))


def find_section(parsed: Parsed, name: str) -> Section:
    """Return the section with a name, ignoring case.

    Raises:
        ScriptError: The section has errors, or does not exist (RAS error 659). Errors in other sections do not count.
    """
    ends = [*(section.place.line for section in parsed.sections[1:]), sys.maxsize]
    for section, end in zip(parsed.sections, ends, strict=False):
        if section.name.lower() == name.strip().lower():
            own = _own(parsed, section.place.line, end)
            if any(each.severity is Severity.ERROR for each in own):
                raise ScriptError(parsed.source, own)
            return section
    if not parsed.sections and parsed.has_errors:
        raise ScriptError(parsed.source, parsed.diagnostics)
    names = [section.name for section in parsed.sections]
    near = nearest(name, names[:_NAMES_COMPARED])
    known = ", ".join(f"'{known}'" for known in names[:_NAMES_COMPARED]) or "none"
    hint = f"did you mean '{near}'?" if near else f"the file has: {known}"
    message = f"there is no section '{name}' (RAS error 659)"
    raise ScriptError(parsed.source, [Diagnostic(Place(1, 1), message, hint)])


def _own(parsed: Parsed, start: int, end: int) -> Sequence[Diagnostic]:
    """Return the findings within a section's lines, found by bisection, since the whole file may have very many."""
    findings = Findings()
    reader = _Reader(findings)
    lines = _LINE_END.split(parsed.source.text)
    for number in range(start, min(end, len(lines) + 1)):
        reader.read(number, lines[number - 1])
    reader.close_section()
    return findings.diagnostics()


@dataclass
class _OpenCommand:
    """A command whose responses are being read."""

    pieces: tuple[CommandPiece, ...]
    text: str
    place: Place
    responses: list[Response] = field(default_factory=list)
    expects_response: bool = True


@dataclass
class _OpenSection:
    """A section whose commands are being read."""

    name: str
    place: Place
    commands: list[_OpenCommand] = field(default_factory=list)


class _Reader:
    """Reads a file line by line."""

    def __init__(self, findings: Findings) -> None:
        self.sections: list[Section] = []
        self._findings = findings
        self._open: _OpenSection | None = None
        self._outside = False
        self._headers: dict[str, Place] = {}

    def read(self, number: int, line: str) -> None:
        """Read one line."""
        written = line.strip(" \t\f\v")
        column = len(line) - len(line.lstrip(" \t\f\v")) + 1
        place = Place(number, column, max(1, len(written)))
        if not written or line.startswith(";"):
            return
        if len(line) > MAX_LINE:
            self._findings.add(Fault.TOO_LONG, place, f"a line has at most {MAX_LINE} characters")
        elif written.startswith(";"):
            hint = "write the semicolon in the first column"
            self._findings.add(Fault.DOUBTFUL_COMMENT, place, "a comment begins in the first column", hint)
        elif written.startswith("["):
            self._header(written, place)
        elif self._open is None:
            if not self._outside:
                hint = "begin with a name in brackets: [Generic login]"
                self._findings.add(Fault.OUTSIDE_SECTION, place, "this stands before the first section", hint)
            self._outside = True
        else:
            self._line(self._open, number, line)

    def close_section(self) -> None:
        """Finish the open section."""
        section, self._open = self._open, None
        if section is None:
            return
        commands = section.commands
        if not commands:
            self._findings.add(Fault.NO_COMMAND, section.place, f"the section '{section.name}' has no COMMAND")
        for command in commands[:-1]:
            if command.expects_response and not command.responses:
                hint = "add OK=<ignore>, or NoResponse"
                message = "no line takes the response to this command: the script goes no further"
                self._findings.add(Fault.NO_RESPONSES, command.place, message, hint)
        built = tuple(
            Command(each.pieces, tuple(each.responses), each.expects_response, each.text, each.place)
            for each in commands
        )
        self.sections.append(Section(section.name, built, section.place))

    def _header(self, written: str, place: Place) -> None:
        self.close_section()
        name = written[1:].partition("]")[0].strip()
        if "]" not in written or not name:
            self._findings.add(Fault.BAD_HEADER, place, "a section begins with a name in brackets", "[Generic login]")
        elif written.partition("]")[2].strip():
            self._findings.add(Fault.BAD_HEADER, place, "nothing follows a section's name on its line")
        if len(name) > MAX_NAME:
            message = f"a section's name has at most {MAX_NAME} characters, not {len(name)}"
            self._findings.add(Fault.NAME_TOO_LONG, place, message)
        first = self._headers.setdefault(name.lower(), place)
        if first is not place:
            message = f"there is already a section '{name[:MAX_NAME]}', and this one is never found"
            self._findings.add(Fault.DUPLICATE_SECTION, place, message, f"the first one is in line {first.line}")
        self._open = _OpenSection(name, place)

    def _line(self, section: _OpenSection, number: int, line: str) -> None:
        """Read a line of a section."""
        shape = _SHAPE.match(line)
        if shape is None:
            self._unknown(Place(number, 1, len(line)), line.strip())
            return
        keyword = shape["keyword"]
        place = Place(number, shape.start("keyword") + 1, len(keyword))
        key = keyword.upper()
        value, offset = line[shape.end() :].rstrip(" \t\f\v"), shape.end() + 1
        if key in _COMMANDS or key in _KINDS:
            self._spelling(keyword, key, place)
            self._assigned(section, key, value, offset, place, has_equals=shape["equals"] is not None)
        elif key in _FLAGS:
            self._flag(section, key, place)
        elif key in _DEVICE:
            message = f"{key} is for devices and means nothing in a log-in script"
            self._findings.add(Fault.DEVICE_KEYWORD, place, message)
        else:
            self._unknown(place, keyword)

    def _assigned(
        self, section: _OpenSection, key: str, value: str, offset: int, place: Place, *, has_equals: bool
    ) -> None:
        """Read a command or a response."""
        if not has_equals:
            self._findings.add(Fault.NO_EQUALS, place, f"{key} needs an equals sign", f"write: {key}=")
            return

        def report(fault: Fault, start: int, length: int, message: str, hint: Hint) -> None:
            self._findings.add(fault, Place(place.line, offset + start, max(1, length)), message, hint)

        if " ;" in value:
            start = value.index(" ;") + 1
            report(Fault.DOUBTFUL_COMMENT, start, len(value) - start, "this is not a comment but part of the text", "")
        text = f"{key}={value}"
        if key in _KINDS:
            self._response(section, Response(_KINDS[key], response_pieces(value, report), text, place))
        else:
            if key != "COMMAND":
                message = f"{key} is for devices; here it is played like COMMAND"
                self._findings.add(Fault.DEVICE_KEYWORD, place, message, "write COMMAND=")
            section.commands.append(_OpenCommand(command_pieces(value, report), text, place))

    def _response(self, section: _OpenSection, response: Response) -> None:
        if not section.commands:
            message = f"{response.kind.value} stands before the first COMMAND"
            self._findings.add(Fault.NO_COMMAND, response.place, message)
            return
        command = section.commands[-1]
        if not command.expects_response:
            self._findings.add(Fault.UNREACHABLE, response.place, "after NoResponse no response is looked at")
        command.responses.append(response)

    def _flag(self, section: _OpenSection, key: str, place: Place) -> None:
        if key == "NOECHO":
            return  # whether commands are echoed does not affect playing
        if not section.commands:
            self._findings.add(Fault.NO_COMMAND, place, "NoResponse stands before the first COMMAND")
            return
        section.commands[-1].expects_response = False

    def _spelling(self, keyword: str, key: str, place: Place) -> None:
        if keyword != key:
            self._findings.add(Fault.SPELLING, place, "keywords are written in capitals", f"write {key}")

    def _unknown(self, place: Place, written: str) -> None:
        def hint() -> str:
            near = nearest(written[:40], _KEYWORDS)
            return f"did you mean {near}?" if near else "comments begin with a semicolon in the first column"

        self._findings.add(Fault.UNKNOWN_KEYWORD, place, f"'{written[:40]}' is not a keyword", hint)
