r"""The words of a chat script.

A line ends at LF, and at NUL. A line that begins with ``#`` is a comment. Words are separated by blanks and tabs. A
word that begins with ``'`` or ``"`` ends at the same quote; a backslash keeps the character after it from being the
end. The first character behind the closing quote begins another word. Lines longer than 1023 octets are cut there,
as if another line began. CR is a character of a word like any other. chat reads a line when the words before it
have been carried out, so a word without its closing quote ends it only then.

See Also:
    chat(8), COMMENTS and CHAT SCRIPT; the rest was found by trying chat 2.4.9, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simisp.chat.text import ChatText
from simisp.diagnostics import Place

__all__ = ["LONGEST_LINE", "ChatComment", "ChatWord", "WordsOfFile", "words_of"]

LONGEST_LINE = 1023
"""Octets; what follows in a line is read as another line."""

_BLANKS = " \t"
_QUOTES = "'\""


@dataclass(frozen=True, slots=True)
class ChatWord:
    """A word.

    Attributes:
        text: Its characters, without the quotes around it and with its escapes as written.
        place: Where it is, with its quotes.
        start: The offset of its first character in the text, the quote's if it has one.
        end: The offset behind its last character.
        quote: The quote that it is in; empty without quotes.
    """

    text: str
    place: Place
    start: int
    end: int
    quote: str = ""

    @property
    def inside(self) -> int:
        """The offset of the first character of ``text``."""
        return self.start + len(self.quote)


@dataclass(frozen=True, slots=True)
class ChatComment:
    """A comment.

    Attributes:
        text: The line, with its ``#``.
        place: Where it is.
    """

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class WordsOfFile:
    """The words of a file.

    Attributes:
        words: The words in their order.
        comments: The comments likewise.
        unterminated: A word without its closing quote, after which nothing is read; None without one.
        cut: Places at which lines are cut for their length.
        hidden: Places of NUL, behind which the rest of a line is not read.
    """

    words: tuple[ChatWord, ...]
    comments: tuple[ChatComment, ...]
    unterminated: Place | None
    cut: tuple[Place, ...]
    hidden: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, or a piece of a long one, as chat reads it."""

    text: str
    number: int
    column: int
    offset: int


def words_of(text: ChatText) -> WordsOfFile:
    r"""Return the words of a chat script.

    Example:
        >>> from simisp.chat.text import chat_text
        >>> [word.text for word in words_of(chat_text("# dial\n'' ATZ\nOK 'AT DT1'\n", "a.chat")).words]
        ['', 'ATZ', 'OK', 'AT DT1']
    """
    words: list[ChatWord] = []
    comments: list[ChatComment] = []
    cut: list[Place] = []
    hidden: list[Place] = []
    unterminated = None
    for line in _lines(text):
        if line.column > 1:
            cut.append(Place(line.number, line.column))
        nul = line.text.find("\0")
        if nul >= 0:
            hidden.append(Place(line.number, line.column + nul))
        readable = line.text if nul < 0 else line.text[:nul]
        if readable.startswith("#"):
            comments.append(ChatComment(readable, Place(line.number, line.column, len(readable))))
            continue
        unterminated = _read_line(line, readable, words)
        if unterminated is not None:
            break
    return WordsOfFile(tuple(words), tuple(comments), unterminated, tuple(cut), tuple(hidden))


def _lines(text: ChatText) -> Iterator[_Line]:
    """Yield the lines without their LF, those that are too long in pieces."""
    offset = 0
    for number, line in enumerate(text.text.split("\n"), 1):
        if len(line) * 4 <= LONGEST_LINE or len(text.octets(line)) <= LONGEST_LINE:
            yield _Line(line, number, 1, offset)
        else:
            column = 1
            for piece in _pieces(text, line):
                yield _Line(piece, number, column, offset + column - 1)
                column += len(piece)
        offset += len(line) + 1


def _pieces(text: ChatText, line: str) -> Iterator[str]:
    """Yield a long line in pieces of at most 1023 octets; a character of several octets is kept whole."""
    start, octets = 0, 0
    for index, character in enumerate(line):
        length = len(text.octets(character))
        if octets + length > LONGEST_LINE:
            yield line[start:index]
            start, octets = index, 0
        octets += length
    yield line[start:]


def _read_line(line: _Line, text: str, words: list[ChatWord]) -> Place | None:
    """Add the words of a line; return the place of one without its closing quote."""
    at = 0
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
            continue
        start, quote = at, text[at] if text[at] in _QUOTES else ""
        at = _end_of_quoted(text, at + 1, quote) if quote else _end_of_plain(text, at)
        end = min(at + 1, len(text)) if quote else at
        place = Place(line.number, line.column + start, end - start)
        if quote and at >= len(text):
            return place
        words.append(ChatWord(text[start + len(quote) : at], place, line.offset + start, line.offset + end, quote))
        # The character behind the word is skipped, blank or quote; nothing else ends one.
        at += 1
    return None


def _end_of_quoted(text: str, at: int, quote: str) -> int:
    """Return the index of the closing quote, or one past the end."""
    while at < len(text) and text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return at


def _end_of_plain(text: str, at: int) -> int:
    while at < len(text) and text[at] not in _BLANKS:
        at += 1
    return at
