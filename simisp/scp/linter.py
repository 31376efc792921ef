"""The linter: finds what is valid in a script but risky, above all what would make it hang.

Mistakes in the language are reported as well, under the codes of :class:`~simisp.scp.faults.Fault`; rules that follow
paths apply only to scripts without mistakes.

A comment ``; lint: allow SCP204`` at the end of a line, or on a line by itself before it, marks a rule's findings on
that line as intended. Several codes are separated by commas, and a reason may follow.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator

from simisp.diagnostics import Diagnostic, Place, SourceText, places_of_words
from simisp.lint.choice import chosen_rules
from simisp.lint.edits import Edit, applied
from simisp.lint.results import LintResult, Reported
from simisp.scp.checker import Checked, check
from simisp.scp.faults import Fault
from simisp.scp.parser import Parsed, parse
from simisp.scp.rules import RULES, Finding, Rule, Settings, Subject
from simisp.scp.truncated import lacking_ends

__all__ = ["LintResult", "Reported", "conceal", "lint", "lint_checked"]

_SEQUENCE = re.compile(r"[\^<\\]")
"""Begins a control character in a string, such as the return after a password."""
_ALLOW = re.compile(r"\blint:\s*allow\s+(SCP\d+(?:\s*,\s*SCP\d+)*)")
_CODE = re.compile(r"SCP\d+")


def lint(
    text: str | bytes,
    *,
    name: str = "<script>",
    give_up: float | None = None,
    unattended: bool = True,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> LintResult:
    r"""Lint a script. No text makes this raise.

    Args:
        text: The script, as text or as the octets of its file.
        name: The name that users know it by, usually its path.
        give_up: After how many seconds the script's caller loses patience; None for never.
        unattended: Whether there is no user at the script's window.
        select: The codes of the rules to use, or prefixes of codes (``"SCP1"``); empty for all rules. Mistakes in the
            language are always reported.
        ignore: The codes of rules to leave out, likewise. It takes precedence over ``select``.

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
    """Lint a script that has been parsed and checked. See :func:`lint`."""
    rules = chosen_rules(RULES, select, ignore)
    subject = Subject(checked, settings)
    findings = list(_findings(subject, rules))
    # Passwords are masked even if the author allows the finding or the caller ignores the rule.
    secrets = [finding.place for rule in RULES if rule.finds_secrets for finding in rule.check(subject)]
    reported = [*_mistakes(subject), *(_reported(subject, rule, finding) for rule, finding in findings)]
    reported.sort(key=lambda each: each.diagnostic.place)
    is_binary = "\0" in checked.parsed.source.text
    unreadable = is_binary or not checked.parsed.complete
    return LintResult(tuple(reported), _masked(subject, secrets), unreadable)


def conceal(text: str | bytes, name: str = "<script>") -> SourceText:
    """Return a script with the passwords written in it masked, otherwise unchanged."""
    return lint(text, name=name).source


def _findings(subject: Subject, rules: Iterable[Rule]) -> Iterator[tuple[Rule, Finding]]:
    """Yield the rules' findings that the author does not allow, each once."""
    allowed = _allowed(subject.checked.parsed)
    for rule in rules:
        seen: set[tuple[Place, str]] = set()
        for finding in rule.check(subject):
            key = (finding.place, finding.message)
            if key not in seen and rule.code not in allowed.get(finding.place.line, ()):
                seen.add(key)
                yield rule, finding


def _allowed(parsed: Parsed) -> dict[int, set[str]]:
    """Return the codes that comments allow, by the line that they apply to."""
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
    # In a text with mistakes the places of edits are not reliable.
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
