"""The strings of a ``waitfor`` as they are sought on the line."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.scp.environment import MASK, SecretText
from simisp.scp.matcher import SoughtString, StringSet, string_set
from simisp.scp.options import Options
from simisp.scp.text import encode, interpret

__all__ = ["Strings", "reading_of"]


def reading_of(options: Options) -> int:
    """Return the number of the way in which some options read strings."""
    return 2 * options.waitfor_matches_case + options.tags_in_any_case


class Strings:
    """The strings of a ``waitfor``. Those of literals are worked out once, and every run of the program shares them.

    Args:
        texts: The strings, with their sequences not yet interpreted.
        matchcase: For each, whether case matters.

    Attributes:
        shown: The strings as a report shows them: secrets are masked.
        sets: What is sought on the line in each way to read them, as far as it was worked out (:meth:`read`).
    """

    def __init__(self, texts: Sequence[str], matchcase: Sequence[bool]) -> None:
        self.shown = tuple([MASK if isinstance(text, SecretText) else text for text in texts])
        self._texts = texts
        self._matchcase = matchcase
        self.sets: list[StringSet | None] = [None] * 4

    def read(self, reading: int) -> StringSet:
        """Work out what is sought on the line in one of the ways to read them."""
        all_match_case, tags_in_any_case = bool(reading & 2), bool(reading & 1)
        strings = tuple(
            SoughtString(encode(interpret(text, tags_in_any_case=tags_in_any_case)), all_match_case or matchcase)
            for text, matchcase in zip(self._texts, self._matchcase, strict=True)
        )
        # A cache keeps what it is asked for, and no secret is kept.
        has_secret = any(isinstance(text, SecretText) for text in self._texts)
        sought = self.sets[reading] = StringSet(strings) if has_secret else string_set(strings)
        return sought
