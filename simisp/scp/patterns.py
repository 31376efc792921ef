"""The strings of a ``waitfor`` as they are sought on the line."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.scp.environment import MASK, SecretText
from simisp.scp.matcher import SoughtString, StringSet, string_set
from simisp.scp.options import Options
from simisp.scp.text import encode, interpret

__all__ = ["Strings"]


class Strings:
    """The strings of a ``waitfor``. Those of literals are worked out once, and every run of the program shares them.

    Args:
        texts: The strings, with their sequences not yet interpreted.
        matchcase: For each, whether case matters.

    Attributes:
        shown: The strings as a report shows them: secrets are masked.
    """

    def __init__(self, texts: Sequence[str], matchcase: Sequence[bool]) -> None:
        self.shown = tuple([MASK if isinstance(text, SecretText) else text for text in texts])
        self._texts = texts
        self._matchcase = matchcase
        self._sets: dict[tuple[bool, bool], StringSet] = {}

    def sought(self, options: Options) -> StringSet:
        """Return what is sought on the line, which depends on how two options read the strings."""
        reading = (options.waitfor_matches_case, options.tags_in_any_case)
        sought = self._sets.get(reading)
        if sought is None:
            sought = self._sets[reading] = self._read(*reading)
        return sought

    def _read(self, all_match_case: bool, tags_in_any_case: bool) -> StringSet:
        strings = tuple(
            SoughtString(encode(interpret(text, tags_in_any_case=tags_in_any_case)), all_match_case or matchcase)
            for text, matchcase in zip(self._texts, self._matchcase, strict=True)
        )
        # A cache keeps what it is asked for, and no secret is kept.
        return StringSet(strings) if any(isinstance(text, SecretText) for text in self._texts) else string_set(strings)
