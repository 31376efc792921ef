"""Turns mistakes into diagnostics: with their place, in the author's terms, with the nearest known word."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simisp.diagnostics import Diagnostic, nearest
from simisp.scenario.document import Document
from simisp.scenario.expectations import EXPECTATION_WORDS
from simisp.scenario.mistakes import Mistake, model_after
from simisp.scenario.steps import STEP_WORDS, BaseStep
from simisp.scenario.whole import NOT_WHOLE, whole_number_meant

__all__ = ["KNOWN_KINDS", "diagnose", "first_word", "known_keys"]

_WORDS = {
    "string_type": "expected a text",
    "string_unicode": "half a character (a lone surrogate) can't stand in a text",
    "int_type": "expected a whole number",
    "int_parsing_size": "expected a whole number of fewer digits",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "greater_than": "expected more than {gt}",
    "bool_type": "expected yes or no",
    "bool_parsing": "expected yes or no",
    "list_type": "expected a list (lines that begin with '- ')",
    "dict_type": "expected a mapping (lines such as 'key: value')",
    "model_type": "expected a mapping (lines such as 'key: value')",
    "model_attributes_type": "expected a mapping (lines such as 'key: value')",
    "none_required": "nothing may follow this word",
    "string_too_short": "expected a text that is not empty",
    "string_too_long": "expected at most {max_length} characters",
    "string_pattern_mismatch": "not a name: it may not begin with a blank, or contain {{ }} /",
    "too_short": "expected at least {min_length} here",
    "greater_than_equal": "expected {ge} or more",
    "less_than_equal": "expected {le} or less",
}
_SURELY = "expected something else here"


def diagnose(mistake: Mistake, document: Document) -> Diagnostic:
    """Return the diagnostic for a mistake."""
    told = _TOLD.get(mistake.kind)
    if told is not None:
        return told(mistake, document)
    # Our own checks bring a message; of pydantic's checks only the kind is used.
    message = mistake.text if mistake.kind in _OURS else _WORDS.get(mistake.kind, _SURELY).format(**mistake.context)
    at_key = mistake.about_key or (mistake.value is None and bool(mistake.path))
    if at_key and not mistake.about_key:
        message += f" after {mistake.path[-1]!r}"
    return Diagnostic(document.key_place(mistake.path) if at_key else document.place(mistake.path), message)


def known_keys(mistake: Mistake) -> list[str]:
    """Return the keys that are valid at the place of a mistake."""
    return [field.alias or name for name, field in mistake.model.model_fields.items()]


def first_word(value: object) -> str | None:
    """Return the word that begins a list item: the item itself, or its first key."""
    if isinstance(value, str):
        return value
    return next(iter(value), None) if isinstance(value, dict) else None


def _unknown_key(mistake: Mistake, document: Document) -> Diagnostic:
    key = str(mistake.path[-1])
    place = document.key_place(mistake.path)
    if key in STEP_WORDS and issubclass(mistake.model, BaseStep):
        return Diagnostic(place, f"unknown key {key!r}", f"{key!r} is a step by itself: begin its line with '- '")
    return Diagnostic(place, f"unknown key {key!r}", _meant(key, known_keys(mistake), "known here: {}"))


def _missing(mistake: Mistake, document: Document) -> Diagnostic:
    key = mistake.path[-1]
    description = _field(mistake.model, str(key)).description or ""
    hint = description[:1].lower() + description[1:].rstrip(".")
    return Diagnostic(document.place(mistake.path[:-1]), f"{key!r} is missing", hint)


def _field(model: type[BaseModel], key: str) -> FieldInfo:
    return next(field for name, field in model.model_fields.items() if (field.alias or name) == key)


def _unknown_step(mistake: Mistake, document: Document) -> Diagnostic:
    return _unknown_word(mistake, document, "a step", STEP_WORDS)


def _unknown_expectation(mistake: Mistake, document: Document) -> Diagnostic:
    return _unknown_word(mistake, document, "an expectation", EXPECTATION_WORDS)


def _unknown_word(mistake: Mistake, document: Document, what: str, known: tuple[str, ...]) -> Diagnostic:
    """Return the diagnostic for a list item that does not begin with a known word."""
    word = first_word(mistake.value)
    if word is None:
        return Diagnostic(document.place(mistake.path), f"expected {what}", f"{what} is one of: {', '.join(known)}")
    place = document.key_place((*mistake.path, word))
    if word in known:
        return Diagnostic(place, f"{word!r} needs a value", f"write {word}: …")
    elsewhere = _ELSEWHERE.get(word.casefold(), "") if known is STEP_WORDS else ""
    hint = _meant(elsewhere or word, known, f"{what} is one of: {{}}")
    return Diagnostic(place, f"unknown {what.split()[1]} {word!r}", hint)


def _not_one_of(mistake: Mistake, document: Document) -> Diagnostic:
    # pydantic quotes a text: in single quotes, or in double ones where it has an apostrophe. It quotes no number.
    found = re.findall(r"""'([^']*)'|"([^"]*)"|(\d+)""", mistake.context["expected"])
    known = ["".join(quoted) for quoted in found]
    expected = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
    given = mistake.value
    shown = f", not {given!r}" if isinstance(given, str) else ""
    hint = _meant(given, known, "") if isinstance(given, str) else ""
    place = document.key_place(mistake.path) if mistake.about_key else document.place(mistake.path)
    return Diagnostic(place, f"expected {expected}{shown}", hint)


def _not_a_mapping(mistake: Mistake, document: Document) -> Diagnostic:
    """Return the diagnostic for a text or a list in place of a mapping: which key was meant, and how it is written."""
    model = model_after(mistake.model, mistake.path[-1] if mistake.path else None)
    first = mistake.value[0] if isinstance(mistake.value, list) and mistake.value else mistake.value
    word = first_word(first)
    known = [] if model is mistake.model else [field.alias or name for name, field in model.model_fields.items()]
    key = nearest(word, known) if word is not None else None
    value = "yes" if mistake.path[-1:] == ("manners",) else "…"
    hint = f"write {{{key}: {value}}}" if key is not None else ""
    needed = [name for name in known if _field(model, name).is_required()]
    if not hint and isinstance(mistake.value, str) and len(needed) == 1 and _field(model, needed[0]).annotation is str:
        hint = f"write {{{needed[0]}: {mistake.value}}}"
    return Diagnostic(document.place(mistake.path), _WORDS["model_type"], hint)


def _not_a_number(mistake: Mistake, document: Document) -> Diagnostic:
    key, is_in_exchange = str(mistake.path[-1]), mistake.path[-2:-1] == ("exchange",)
    keys = ["default", "answer_after", "busy after", "calls in", "hunt groups"] if is_in_exchange else []
    message = "neither a number to dial nor a key of exchange" if is_in_exchange else "not a number to dial"
    hint = _meant(key, keys, 'digits, *, # and A to D, such as "5551234"')
    return Diagnostic(document.key_place(mistake.path), f"{key!r} is {message}", hint)


def _not_whole(mistake: Mistake, document: Document) -> Diagnostic:
    value, word = mistake.value, mistake.context["word"]
    meant = whole_number_meant(value) if isinstance(value, str) else None
    place = document.key_place(mistake.path) if mistake.about_key else document.place(mistake.path)
    message = _WORDS["int_type"] + (f" or {word!r}" if word else "")
    if meant is not None:
        return Diagnostic(place, message, f"write {meant}")
    return Diagnostic(place, message, _meant(value, [word], "") if word and isinstance(value, str) else "")


def _meant(word: str, known: list[str] | tuple[str, ...], otherwise: str) -> str:
    guess = nearest(word, known)
    return f"did you mean {guess!r}?" if guess else otherwise.format(", ".join(known))


_ELSEWHERE = {
    "delay": "pause", "sleep": "pause", "wait": "pause",
    "output": "send", "print": "send", "transmit": "send", "write": "send",
    "input": "expect", "read": "expect",
    "exec": "run", "spawn": "run", "system": "run",
    "close": "hang up", "disconnect": "hang up", "loop": "repeat", "login": "authenticate",
}  # fmt: skip
"""The words of other script languages for a step: a scenario's word is not spelled like them, so none is near."""

_OURS = (
    "command", "connect", "duration", "lock_name", "message", "moment", "nothing", "octets", "pattern", "period",
    "port_name", "position", "read_name", "reply",
)  # fmt: skip
_TOLD: dict[str, Callable[[Mistake, Document], Diagnostic]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "unknown_step": _unknown_step,
    "unknown_expectation": _unknown_expectation,
    "literal_error": _not_one_of,
    "number": _not_a_number,
    NOT_WHOLE: _not_whole,
    "model_type": _not_a_mapping,
    "model_attributes_type": _not_a_mapping,
}
KNOWN_KINDS = frozenset({*_OURS, *_TOLD, *_WORDS})
"""The kinds of mistakes that have a message: pydantic's, and those of our own checks."""
