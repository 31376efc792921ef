"""The linter: what a script may say but had better not, above all what would hang it.

Mistakes in the language are reported as well, under the codes of :class:`~simisp.scp.faults.Fault`; rules that follow
paths look only at scripts without such.

A comment ``; lint: allow SCP204`` at the end of a line, or on a line of its own before it, says that what a rule finds
on that line is meant. Several codes have commas between them, and a reason may follow.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from simisp.diagnostics import Diagnostic, Place, Severity, SourceText, nearest, places_of_words
from simisp.scp.checker import Checked, check
from simisp.scp.edits import Edit, applied
from simisp.scp.faults import Fault
from simisp.scp.parser import Parsed, parse
from simisp.scp.rules import RULES, Finding, Rule, Settings, Subject
from simisp.scp.truncated import lacking_ends

__all__ = ["LintResult", "Reported", "conceal", "lint", "lint_checked"]

_SEQUENCE = re.compile(r"[\^<\\]")
"""Begins a control character in a string, such as the return after a password."""
_ALLOW = re.compile(r"\blint:\s*allow\s+(SCP\d+(?:\s*,\s*SCP\d+)*)")
_CODE = re.compile(r"SCP\d+")


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding as it is reported.

    Attributes:
        diagnostic: What is wrong, where, and how bad it is.
        edits: The changes to the text that put it right; empty when the author must.
    """

    diagnostic: Diagnostic
    edits: tuple[Edit, ...] = ()

    @property
    def fixable(self) -> bool:
        """Whether a fix can put it right."""
        return bool(self.edits)


@dataclass(frozen=True, slots=True)
class LintResult:
    """What is to be said of one script.

    Attributes:
        reported: The findings in the order of the text.
        source: The text under its name, with the passwords that were found in it masked.
        unreadable: Whether the text is no script at all, or beyond all limits, and was not read to its end.
    """

    reported: tuple[Reported, ...]
    source: SourceText
    unreadable: bool

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings as diagnostics."""
        return tuple(each.diagnostic for each in self.reported)

    @property
    def is_clean(self) -> bool:
        """Whether there is no error and no warning. A note says what can't be helped, and leaves a script clean."""
        return all(diagnostic.severity is Severity.NOTE for diagnostic in self.diagnostics)

    @property
    def exit_status(self) -> int:
        """0 when the script is clean, 1 when there are errors or warnings, 2 when it is unreadable."""
        if self.unreadable:
            return 2
        return 0 if self.is_clean else 1


def lint(
    text: str | bytes,
    *,
    name: str = "<script>",
    give_up: float | None = None,
    unattended: bool = True,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> LintResult:
    r"""Look a script over. Nothing is raised whatever the text.

    Args:
        text: The script, as text or as the octets of its file.
        name: What a person calls it, usually its path.
        give_up: After how many seconds the caller of the script loses patience; None is never.
        unattended: Whether nobody sits before the script's window.
        select: Codes of the rules to use, or how they begin (``"SCP1"``); empty is all. Mistakes in the language are
            always reported.
        ignore: Codes of rules to leave out, likewise. It outweighs ``select``.

    Raises:
        ValueError: No rule has such a code.

    Example:
        >>> result = lint('proc main\n  waitfor "ogin:"\nendproc', name="naive.scp")
        >>> [(each.code, each.place.line, each.hint) for each in result.diagnostics]
        [('SCP101', 2, "add 'until 90'")]
        >>> lint('proc main\n  waitfor "ogin:" until 90\nendproc ; lint: allow SCP204').diagnostics
        ()
    """
    settings = Settings(give_up=give_up, unattended=unattended)
    return lint_checked(check(parse(text, name)), settings, select=select, ignore=ignore)


def lint_checked(
    checked: Checked, settings: Settings, *, select: Collection[str] = (), ignore: Collection[str] = ()
) -> LintResult:
    """Look over a script that has been parsed and checked. See :func:`lint`."""
    rules = _chosen(select, ignore)
    subject = Subject(checked, settings)
    findings = list(_findings(subject, rules))
    # What the author allows, or the caller leaves out, is no reason to show a password.
    secrets = [finding.place for rule in RULES if rule.finds_secrets for finding in rule.check(subject)]
    reported = [*_mistakes(subject), *(_reported(subject, rule, finding) for rule, finding in findings)]
    reported.sort(key=lambda each: each.diagnostic.place)
    is_binary = "\0" in checked.parsed.source.text
    unreadable = is_binary or not checked.parsed.complete
    return LintResult(tuple(reported), _masked(subject, secrets), unreadable)


def conceal(text: str | bytes, name: str = "<script>") -> SourceText:
    """Return a script with the passwords that are written into it masked; nothing else changes."""
    return lint(text, name=name).source


def _chosen(select: Collection[str], ignore: Collection[str]) -> list[Rule]:
    codes = [rule.code for rule in RULES]
    for wanted in (*select, *ignore):
        if not any(code.startswith(wanted) for code in codes):
            near = nearest(wanted, codes)
            raise ValueError(f"no rule has the code {wanted!r}" + (f"; did you mean {near!r}?" if near else ""))
    return [
        rule
        for rule in RULES
        if (not select or rule.code.startswith(tuple(select))) and not rule.code.startswith(tuple(ignore))
    ]


def _findings(subject: Subject, rules: Iterable[Rule]) -> Iterator[tuple[Rule, Finding]]:
    """Yield what the rules find and the author does not allow, each fault once."""
    allowed = _allowed(subject.checked.parsed)
    for rule in rules:
        seen: set[tuple[Place, str]] = set()
        for finding in rule.check(subject):
            key = (finding.place, finding.message)
            if key not in seen and rule.code not in allowed.get(finding.place.line, ()):
                seen.add(key)
                yield rule, finding


def _allowed(parsed: Parsed) -> dict[int, set[str]]:
    """Return the codes that comments allow, by the line that they speak of."""
    lines = sorted({token.line for token in parsed.lexed.tokens})
    allowed: dict[int, set[str]] = {}
    for text, place in parsed.lexed.comments:
        codes = {code for match in _ALLOW.finditer(text) for code in _CODE.findall(match[1])}
        if codes:
            line = lines[min(bisect_left(lines, place.line), len(lines) - 1)]
            allowed.setdefault(line, set()).update(codes)
    return allowed


def _mistakes(subject: Subject) -> Iterator[Reported]:
    """Yield the mistakes in the language."""
    lacking = lacking_ends(subject.checked, subject.layout)
    for diagnostic in subject.checked.diagnostics:
        if lacking is not None and diagnostic.code == Fault.MISSING_ENDPROC.value:
            yield Reported(diagnostic, (lacking,))
        else:
            yield Reported(diagnostic)


def _reported(subject: Subject, rule: Rule, finding: Finding) -> Reported:
    # in a text with mistakes the places of edits are not to be relied on
    edits = () if subject.checked.has_errors else finding.edits
    return Reported(Diagnostic(finding.place, finding.message, finding.hint, rule.code, rule.severity), edits)


def _masked(subject: Subject, secrets: Iterable[Place]) -> SourceText:
    """Return the source with the strings at these places unreadable, and the same words wherever else they stand."""
    source = subject.checked.parsed.source
    edits, words = [], set()
    for place in secrets:
        start, inside = subject.layout.offset(place) + 1, subject.layout.written(place)[1:-1]
        edits.append(Edit(start, start + len(inside), re.sub(r"[^\r\n]", "*", inside)))
        words.add(_SEQUENCE.split(inside)[0])
    if not edits:
        return source
    text = applied(source.text, edits)  # as long as it was
    repeated = [Edit(start, end, "*" * (end - start)) for start, end in places_of_words(text, words)]
    return SourceText(source.name, applied(text, repeated))
