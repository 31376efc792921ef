r"""SCP208: characters in a string whose meaning is not documented."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.diagnostics import Place, Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Node, StringLiteral, Transmit, Waitfor, walk_expressions, walk_statements

__all__ = ["RULE"]

_PART = re.compile(
    r"""(?P<known>\\["^<\\]|\^[@-_a-z]|<(?:cr|lf)>)
    |(?P<break>\r\n|\r|\n)
    |(?P<capitals><(?:[Cc][Rr]|[Ll][Ff])>)
    |(?P<escape>\\.?)
    |(?P<caret>\^.?)
    |(?P<tag><[A-Za-z]\w*>)
    |(?P<foreign>[^\x00-\x7f])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ALSO_WHEN_RAW = {"break", "foreign"}
_MESSAGES = {
    "break": ("the string continues over the end of the line", "write ^M or <cr><lf>, and end the string on its line"),
    "escape": ("'{}' is not a sequence of the language", r'a backslash escapes ", ^, < and itself; write \\'),
    "caret": ("'{}' is not a control character", r"write \^ for the caret itself"),
    "capitals": ("'{}' is documented in lower case only", "write it in lower case"),
    "tag": ("'{}' is not a sequence of the language", r"there are <cr> and <lf>; write \< for the sign"),
    "foreign": ("'{}' is not ASCII: which octets are {} depends on the code page", "use ASCII in what is {}"),
}

_USES = {Transmit: "sent", Waitfor: "waited for"}


def _check(subject: Subject) -> Iterator[Finding]:
    for literal, raw, use in _strings(subject):
        for match in _PART.finditer(literal.text):
            kind = match.lastgroup or ""
            if kind in _MESSAGES and (not raw or kind in _ALSO_WHEN_RAW):
                message, hint = _MESSAGES[kind]
                shown = match.group() if match.group().isprintable() else match.group()[0]
                yield Finding(_place(literal, match), message.format(shown, use), hint.format(use))
                break


def _strings(subject: Subject) -> Iterator[tuple[StringLiteral, bool, str]]:
    """Yield the strings of the script, each with whether it is sent raw, and its use."""
    for procedure in subject.procedures:
        nodes: list[Node] = [*procedure.declarations, *walk_statements(procedure.body)]
        for node in nodes:
            raw = isinstance(node, Transmit) and node.raw
            use = _USES.get(type(node), "sent or waited for")
            for each in walk_expressions(node):
                if isinstance(each, StringLiteral):
                    yield each, raw, use


def _place(literal: StringLiteral, match: re.Match[str]) -> Place:
    """Return the place of the first doubtful part of a string, on the string's first line."""
    length = 1 if match.lastgroup == "break" else len(match.group())
    return Place(literal.place.line, literal.place.column + 1 + match.start(), length)


RULE = Rule(
    code="SCP208",
    name="doubtful-string",
    severity=Severity.WARNING,
    title="characters in a string whose meaning is not documented",
    what=r"""
Finds, in each string, the first character beyond ASCII, line end, backslash that does not begin a sequence, `^` that
does not begin a control character, or tag other than `<cr>` and `<lf>` in lower case. In text sent `raw` only the first
two count.
""".strip(),
    why="""\
The documentation does not say what they mean, and diallers differ. `<CR>` in capitals is a carriage return to
simisp, but it is documented in lower case only. A character beyond ASCII is sent, or waited for, in the code page of
the machine, which the remote may not share, and as something else again on a line with seven data bits.""",
    example="""\
proc main
  transmit "ppp<CR>"
endproc""",
    instead="""\
proc main
  transmit "ppp<cr>"
endproc""",
    source="The language's documentation on strings, which names the sequences that there are.",
    check=_check,
)
