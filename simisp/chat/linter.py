"""The linter for chat scripts: finds what chat stumbles over, and what makes a script fail, hang or reveal secrets.

A comment ``# lint: allow CHAT201`` marks a rule's findings in the next line with words as intended. Several codes are
separated by commas, and a reason may follow.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from simisp.chat.reader import ChatScript, read_chat
from simisp.chat.rules import CHAT_RULES
from simisp.chat.rules.rule import ChatFinding, ChatLintSettings, ChatRule, ChatSubject
from simisp.chat.text import chat_text
from simisp.diagnostics import Diagnostic, Severity, SourceText, places_of_words
from simisp.lint.choice import chosen_rules
from simisp.lint.edits import Edit, applied
from simisp.lint.results import LintResult, Reported

__all__ = ["FixedChat", "fix_chat", "lint_chat"]

_ALLOW = re.compile(r"\blint:\s*allow\s+(CHAT\d+(?:\s*,\s*CHAT\d+)*)")
_CODE = re.compile(r"CHAT\d+")
_FORM = "CHAT1"
"""Below are the codes of what keeps chat from reading a script as its author meant it."""
_MOST_ROUNDS = 30
_ESCAPES = re.compile(r"\\.")


@dataclass(frozen=True, slots=True)
class FixedChat:
    """A chat script after fixing.

    Attributes:
        data: The octets of the script, unchanged if there was nothing to fix.
        applied: The findings that were fixed, in this order; their places are those at the time of fixing.
        remaining: The linter's result for it.
    """

    data: bytes
    applied: tuple[Diagnostic, ...]
    remaining: LintResult


def lint_chat(
    data: str | bytes,
    *,
    name: str = "<chat>",
    give_up: float | None = None,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> LintResult:
    r"""Lint a chat script. No text makes this raise.

    Args:
        data: The script.
        name: The name that users know it by, usually its path.
        give_up: After how many seconds the caller of chat loses patience; None for never.
        select: The codes of the rules to use, or prefixes of codes; empty for all.
        ignore: The codes of rules to leave out, likewise. It takes precedence over ``select``.

    Raises:
        ValueError: No rule has such a code.

    Example:
        >>> result = lint_chat("ABORT BUSY\n'' ATDT1\nCONNECT \\c\nassword: \\qsesame", name="a.chat")
        >>> [(each.code, each.place.line) for each in result.diagnostics]
        [('CHAT201', 2), ('CHAT501', 2), ('CHAT101', 3), ('CHAT402', 4)]
    """
    rules = chosen_rules(CHAT_RULES, select, ignore)
    script = read_chat(data, name)
    subject = ChatSubject(script, ChatLintSettings(give_up))
    reported = [_reported(rule, finding) for rule, finding in _findings(subject, rules)]
    reported.sort(key=lambda each: (each.diagnostic.place, each.diagnostic.code))
    return LintResult(tuple(reported), _masked(subject), "\0" in subject.text)


def fix_chat(
    data: bytes,
    *,
    name: str = "<chat>",
    give_up: float | None = None,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
) -> FixedChat:
    r"""Fix what can be fixed in a chat script, rule by rule. No text makes this raise; see :func:`lint_chat`.

    Example:
        >>> fix_chat(b"abort BUSY\r\n'' AT\r\n").data
        b"ABORT BUSY\n'' AT\n"
    """
    text = chat_text(data, name)
    now, encoding = text.text, text.encoding

    def lint(script: str) -> LintResult:
        octets = script.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace")
        return lint_chat(octets, name=name, give_up=give_up, select=select, ignore=ignore)

    result = lint(now)
    done: list[Diagnostic] = []
    useless: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        turn = min({each.diagnostic.code for each in result.reported if each.fixable} - useless, default="")
        if not turn:
            break
        faults = [each for each in result.reported if each.fixable and each.diagnostic.code == turn]
        changed = applied(now, (edit for fault in faults for edit in fault.edits))
        after = lint(changed)
        if sum(each.diagnostic.code == turn for each in after.reported if each.fixable) < len(faults):
            now, result = changed, after
            done += [fault.diagnostic for fault in faults]
        else:
            useless.add(turn)
    return FixedChat(now.encode(encoding, "replace") if done else data, tuple(done), result)


def _findings(subject: ChatSubject, rules: Iterable[ChatRule]) -> Iterator[tuple[ChatRule, ChatFinding]]:
    """Yield the findings that the author does not allow. What is misread is reported alone."""
    allowed = _allowed(subject.script)
    misread = any(
        rule.severity is Severity.ERROR and next(iter(rule.check(subject)), None) is not None
        for rule in CHAT_RULES
        if rule.code < _FORM
    )
    for rule in rules:
        if misread and rule.code >= _FORM:
            continue
        seen = set()
        for finding in rule.check(subject):
            key = (finding.place, finding.message)
            if key not in seen and rule.code not in allowed.get(finding.place.line, ()):
                seen.add(key)
                yield rule, finding


def _allowed(script: ChatScript) -> dict[int, set[str]]:
    """Return the codes that comments allow, by the line that they apply to."""
    lines = sorted({word.place.line for word in script.file.words})
    allowed: dict[int, set[str]] = {}
    for comment in script.file.comments:
        codes = {code for match in _ALLOW.finditer(comment.text) for code in _CODE.findall(match[1])}
        if codes and lines:
            line = lines[min(bisect_left(lines, comment.place.line), len(lines) - 1)]
            allowed.setdefault(line, set()).update(codes)
    return allowed


def _reported(rule: ChatRule, finding: ChatFinding) -> Reported:
    diagnostic = Diagnostic(finding.place, finding.message, finding.hint, rule.code, rule.severity)
    return Reported(diagnostic, finding.edits)


def _masked(subject: ChatSubject) -> SourceText:
    """Return the source with the passwords in it unreadable, whether or not their findings are allowed."""
    source = subject.script.text.source
    spans = [finding.secret for rule in CHAT_RULES for finding in rule.check(subject) if finding.secret is not None]
    if not spans:
        return source
    words = {_ESCAPES.sub("", source.text[start:end]) for start, end in spans}
    edits = [Edit(start, end, "*" * (end - start)) for start, end in dict.fromkeys(spans)]
    text = applied(source.text, edits)
    repeated = [Edit(start, end, "*" * (end - start)) for start, end in places_of_words(text, words)]
    return SourceText(source.name, applied(text, repeated))
