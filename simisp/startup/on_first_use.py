"""Texts that Python compiles when a module is imported: patterns and types. Here they are compiled on first use."""

from __future__ import annotations

import copyreg
import re
import sys
import typing
from collections.abc import Collection
from typing import Any

__all__ = ["compile_on_first_use", "keep_type_texts"]


class _PatternOnUse:
    """Stands in for a compiled pattern, and compiles it when a method or an attribute of it is used.

    It passes for a pattern wherever ``isinstance`` is asked, as in ``re.sub(pattern, …)``; a copy of it is a pattern.
    """

    def __init__(self, text: str | bytes, flags: int | re.RegexFlag) -> None:
        self._text = text
        self._flags = flags

    __class__ = property(lambda _: re.Pattern)

    def __reduce__(self) -> Any:
        return copyreg.dispatch_table[re.Pattern](_compile(self._text, self._flags))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"a pattern that is not compiled yet has no {name!r}")
        # What is found is kept as an attribute of this object, so that Python does not come here again for it.
        found = self.__dict__[name] = getattr(_compile(self._text, self._flags), name)
        return found


_compile = re.compile


def compile_on_first_use(modules: Collection[str]) -> None:
    """Let the patterns of some modules be compiled when they are first used, and not when the module is imported.

    Such a pattern has all methods and attributes of one, and can be given to the functions of :mod:`re`. Only
    ``type(pattern)`` and a comparison with another pattern say that it is none.

    Args:
        modules: The modules, by name. Those that are already imported have compiled theirs.
    """

    def compile_pattern(pattern: Any, flags: int | re.RegexFlag = 0) -> Any:
        if isinstance(pattern, str | bytes) and sys._getframe(1).f_globals.get("__name__") in modules:  # noqa: SLF001
            return _PatternOnUse(pattern, flags)
        return _compile(pattern, flags)

    re.compile = compile_pattern


def keep_type_texts() -> None:
    """Let types that are written as texts be kept as texts until they are evaluated.

    :class:`typing.ForwardRef` compiles each of them when it is made. The dictionaries by which pydantic describes its
    validators have five hundred, and none is ever evaluated. The evaluation is Python's ``eval``, which takes a text as
    well: a mistake in it is then found there. From Python 3.14 on the text is kept anyway, and this changes nothing.
    """
    vars(typing)["compile"] = _the_text_itself


def _the_text_itself(text: str, _file: str, _mode: str) -> str:
    return text
