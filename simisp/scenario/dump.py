"""Writes scenarios: the model as YAML in the style of a person, which loads as the same model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, get_origin

from pydantic.fields import FieldInfo

from simisp.scenario.load import APART, LoadedScenario
from simisp.scenario.model import ExchangeSection, OwnLineSection, Scenario
from simisp.scenario.steps import AuthenticateStep, Authentication, BaseStep, SilenceStep, Strict
from simisp.scenario.values import FOREVER
from simisp.scenario.yaml_text import Items, Map, Node, Style, YamlScalar, write

__all__ = ["dumps", "dumps_plain", "duration_text"]

_SENT = frozenset(
    {
        "banner",
        "send",
        "prompt",
        "user",
        "password",
        "refusal",
        "credentials_sent_only_at",
        "greeting",
        "commands",
        "answer",
        "result",
        "in_turn",
    }
)
"""The fields with text that is sent over the line."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def dumps(scenario: Scenario | LoadedScenario) -> str:
    r"""Return a scenario as YAML.

    The text is meant for people: keys are in the order of the documentation, defaults are left out, and each value is
    in its shortest form. The same scenario always gives the same text. ``loads`` turns it back into an equal model, and
    for a loaded scenario into an equal one with its section ``dialling``. What the model does not keep is lost:
    comments, and the identity of aliased parts. Passwords of accounts are written unmasked.

    Args:
        scenario: The scenario. Checks that need more than one value (labels, names that are read, calls, loops) are
            not repeated here: what :func:`~simisp.scenario.load.loads` finds wrong in a file it finds wrong here too.

    Example:
        >>> from simisp.testing import loads
        >>> print(dumps(loads('title: Short\nisp: {dialogue: [prompt: "Who?", pause: 90, silence: forever]}')), end="")
        title: Short
        isp:
          dialogue:
            - prompt: "Who?"
            - pause: 90s
            - silence
    """
    if isinstance(scenario, Scenario):
        return write(_section(scenario))
    root = _section(scenario.model)
    if scenario.has_story:
        story = _as_written(scenario.story)
        outermost = Map(story.entries) if isinstance(story, Map) else story
        root = Map((*root.entries, (YamlScalar(APART), outermost)))
    return write(root)


def dumps_plain(keys: Mapping[str, object]) -> str:
    r"""Return a mapping of what a scenario can say as YAML, such as the keys of a scenario that extends another one.

    Raises:
        TypeError: There is something else in it than texts, numbers, booleans, None, lists and mappings.

    Example:
        >>> print(dumps_plain({"extends": "login", "line": {"faults": [{"fault": "insert", "insert": "\r\nRING"}]}}))
        extends: login
        line:
          faults:
            - {fault: insert, insert: "\r\nRING"}
        <BLANKLINE>
    """
    return write(Map(tuple((_key(key), _as_written(value)) for key, value in keys.items())))


def duration_text(seconds: float) -> str:
    """Return a duration as written in a scenario, exactly.

    Args:
        seconds: From 0 to a year, or infinity for ``forever``.

    Example:
        >>> duration_text(0.25), duration_text(1.5), duration_text(90.0), duration_text(6000.0), duration_text(7200.0)
        ('250ms', '1.5s', '90s', '100m', '2h')
    """
    if math.isinf(seconds):
        return FOREVER
    for unit, length in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if seconds > 2 * _MINUTE and seconds % length == 0:
            return f"{int(seconds // length)}{unit}"
    milliseconds = round(seconds * 1000)
    if 0 < milliseconds < 1000 and milliseconds / 1000 == seconds:
        return f"{milliseconds}ms"
    digits = _digits(abs(seconds))
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}s"


def _section(model: Strict, *, is_overlay: bool = False) -> Map:
    """Return the keys of a section that differ from the defaults; of an overlay, those that were written."""
    entries = _entries(model, is_overlay=is_overlay or isinstance(model, OwnLineSection))
    return Map((*_numbers(model), *entries), on_one_line=isinstance(model, Authentication))


def _numbers(model: Strict) -> Iterator[tuple[YamlScalar, Node]]:
    if isinstance(model, ExchangeSection):
        for number, outcome in model.numbers.items():
            yield YamlScalar(number, Style.QUOTED), YamlScalar(outcome)


def _entries(model: Strict, *, is_overlay: bool) -> Iterator[tuple[YamlScalar, Node]]:
    fields = type(model).model_fields
    first = type(model).written_first
    for name in (*first, *(name for name in fields if name not in first)):
        field, value = fields[name], getattr(model, name)
        if is_overlay and name not in model.model_fields_set:
            continue
        if name in _NUMBERS and isinstance(value, float):
            node: Node = YamlScalar(repr(value))
        elif is_overlay and isinstance(value, Strict):
            node = _section(value, is_overlay=True)
        else:
            node = _value(value, _style(name, field))
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        is_default = not field.is_required() and (
            value == default
            or (isinstance(value, Strict) and node == Map(()) and default is not None)  # a section with only defaults
        )
        if is_overlay or not is_default:
            yield YamlScalar(field.alias or name), node


_NUMBERS = {"probability", "rate"}
"""Fields that are plain numbers; every other number with a fraction is a duration."""


def _style(name: str, field: FieldInfo) -> Style:
    if name in _SENT:
        return Style.SENT
    if name == "about":
        return Style.PROSE
    return Style.WORD if get_origin(field.annotation) is Literal else Style.NAME


def _value(value: Any, style: Style) -> Node:
    match value:
        case BaseStep():
            return _step(value)
        case Strict():
            return _or_word(_section(value))
        case Mapping():
            return Map(tuple((YamlScalar(key), _value(inner, style)) for key, inner in value.items()))
        case list():
            items = tuple(_value(item, style) for item in value)
            return Items(items, on_one_line=all(isinstance(item, str) for item in value))
        case _:
            return None if value is None else _scalar(value, style)


def _scalar(value: str | float, style: Style) -> YamlScalar:
    match value:
        case bool():
            return YamlScalar("yes" if value else "no", Style.WORD)
        case int():
            return YamlScalar(str(value), Style.WORD)
        case float():
            return YamlScalar(duration_text(value), Style.WORD)
        case _:
            return YamlScalar(value, style)


def _step(step: BaseStep) -> Node:
    match step:
        case SilenceStep(silence=math.inf):
            return YamlScalar("silence")
        case AuthenticateStep(authenticate=asked) if not _section(asked).entries:
            return YamlScalar("authenticate")
        case _:
            return _or_word(_section(step))


def _or_word(section: Map) -> Node:
    """Return a section, or only its key if the key has no value."""
    match section.entries:
        case ((word, None),):
            return word
        case _:
            return section


def _as_written(value: object) -> Node:
    """Return what a scenario can say, as it was read or as Python has it, with short lists and mappings on one line.

    Raises:
        TypeError: It is a value of another type, such as octets.
    """
    match value:
        case None:
            return None
        case Mapping():
            return Map(tuple((_key(key), _as_written(inner)) for key, inner in value.items()), on_one_line=True)
        case str():
            return YamlScalar(value, Style.PROSE)
        case bool() | int():
            return _scalar(value, Style.WORD)
        case float():
            return YamlScalar(_number_text(value), Style.WORD)
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            items = tuple(_as_written(item) for item in value)
            # If there are several mappings, each gets a line.
            return Items(items, on_one_line=not any(isinstance(item, Map) and item.entries for item in items))
        case _:
            raise TypeError(f"a scenario has texts, numbers, booleans, lists and mappings, not {value!r}")


def _key(key: object) -> YamlScalar:
    """Return a key of a mapping, such as a telephone number that is written as a number.

    Raises:
        TypeError: It is neither a text nor a number.
    """
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise TypeError(f"a key of a scenario is a text, not {key!r}")
    return YamlScalar(str(key))


def _number_text(value: float) -> str:
    """Return a number, of seconds or of anything else, as written in a scenario: without an exponent."""
    if math.isinf(value) and value > 0:
        return FOREVER
    return _digits(value) if math.isfinite(value) else repr(value)


def _digits(number: float) -> str:
    """Return the shortest digits that read as this number again, without an exponent."""
    return f"{Decimal(repr(number)):f}"
