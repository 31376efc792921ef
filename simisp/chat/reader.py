r"""Reads chat's language: words become statements.

A script is pairs of words: what is expected, and what is sent then. A first word that is a keyword such as ``ABORT``
makes the pair a setting. In an expected word, ``-`` separates what is expected from what is sent when it does not come
in time and what is expected after that: ``ogin:-BREAK-ogin:``. A backslash keeps a hyphen from separating.

See Also:
    chat(8), CHAT SCRIPT.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from simisp.chat.text import ChatText, chat_text
from simisp.chat.words import ChatWord, WordsOfFile, words_of
from simisp.diagnostics import Place

__all__ = ["ChatKeyword", "ChatPart", "ChatScript", "ChatSetting", "ChatTurn", "ExpectSend", "read_chat", "script_of"]


class ChatKeyword(Enum):
    """The words that begin a setting."""

    ABORT = "ABORT"
    CLR_ABORT = "CLR_ABORT"
    REPORT = "REPORT"
    CLR_REPORT = "CLR_REPORT"
    TIMEOUT = "TIMEOUT"
    ECHO = "ECHO"
    HANGUP = "HANGUP"
    SAY = "SAY"


_KEYWORDS = {keyword.value: keyword for keyword in ChatKeyword}


@dataclass(frozen=True, slots=True)
class ChatPart:
    """What is expected or sent in one go: a word, or a part of an expected one between hyphens.

    Attributes:
        text: Its characters, escapes as written.
        place: Where it is; at least one character wide.
        start: The offset of its first character in the text, quotes apart.
        end: The offset behind its last character.
    """

    text: str
    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One wait of an expected word.

    Attributes:
        expect: What it waits for.
        send: What it sends when that has not come in time; None if the script fails then.
    """

    expect: ChatPart
    send: ChatPart | None


@dataclass(frozen=True, slots=True)
class ExpectSend:
    """What is expected, and what is sent then.

    Attributes:
        word: The expected word.
        turns: Its waits, at least one; the first is for nothing where the word is empty.
        answer: The word that is sent; None at the end of a script.
        reply: The same as a part; None likewise.
    """

    word: ChatWord
    turns: tuple[ChatTurn, ...]
    answer: ChatWord | None
    reply: ChatPart | None

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.word.place

    @property
    def goes_on_in_any_case(self) -> bool:
        """Whether what is sent after the last wait in vain counts as success: ``ogin:-BREAK``."""
        return self.turns[-1].send is not None


@dataclass(frozen=True, slots=True)
class ChatSetting:
    """A setting.

    Attributes:
        keyword: What is set.
        word: The keyword as written.
        value: The word behind it; None at the end of a script, where the setting has no effect.
    """

    keyword: ChatKeyword
    word: ChatWord
    value: ChatWord | None

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.word.place


@dataclass(frozen=True, slots=True)
class ChatScript:
    """A chat script.

    Attributes:
        text: Its text.
        statements: What it does, in its order.
        file: Its words, comments, and what is wrong with its lines.
    """

    text: ChatText
    statements: tuple[ChatSetting | ExpectSend, ...]
    file: WordsOfFile

    @property
    def name(self) -> str:
        """The name that users know it by."""
        return self.text.source.name

    @property
    def exchanges(self) -> Iterator[ExpectSend]:
        """What it expects and sends."""
        return (each for each in self.statements if isinstance(each, ExpectSend))

    def settings(self, keyword: ChatKeyword) -> Iterator[ChatSetting]:
        """Yield its settings with one keyword."""
        return (each for each in self.statements if isinstance(each, ChatSetting) and each.keyword is keyword)


def read_chat(data: str | bytes, name: str = "<chat>") -> ChatScript:
    r"""Read a chat script's file. No text makes this raise; what chat would stumble over is in ``file``.

    Example:
        >>> script = read_chat("ABORT BUSY '' ATDT1 CONNECT \\c ogin:--ogin: joe")
        >>> [type(each).__name__ for each in script.statements]
        ['ChatSetting', 'ExpectSend', 'ExpectSend', 'ExpectSend']
        >>> [turn.expect.text for turn in script.statements[-1].turns]
        ['ogin:', 'ogin:']
    """
    text = chat_text(data, name)
    file = words_of(text)
    return ChatScript(text, tuple(_statements(file.words)), file)


def script_of(words: Sequence[str], name: str = "<command line>") -> ChatScript:
    """Return the script that chat is given word by word on its command line.

    Places are those of a line on which each word is in quotes.
    """
    chat_words: list[ChatWord] = []
    column = 1
    for word in words:
        length = len(word) + 2
        chat_words.append(ChatWord(word, Place(1, column, length), column - 1, column - 1 + length, "'"))
        column += length + 1
    text = chat_text(" ".join(f"'{word}'" for word in words), name)
    return ChatScript(text, tuple(_statements(chat_words)), WordsOfFile(tuple(chat_words), (), None, (), ()))


def _statements(words: Sequence[ChatWord]) -> Iterator[ChatSetting | ExpectSend]:
    for index in range(0, len(words), 2):
        first = words[index]
        second = words[index + 1] if index + 1 < len(words) else None
        keyword = _KEYWORDS.get(first.text)
        if keyword is not None:
            yield ChatSetting(keyword, first, second)
        else:
            reply = None if second is None else ChatPart(second.text, second.place, second.inside, _inside_end(second))
            yield ExpectSend(first, tuple(_turns(first)), second, reply)


def _inside_end(word: ChatWord) -> int:
    return word.inside + len(word.text)


def _turns(word: ChatWord) -> Iterator[ChatTurn]:
    parts = list(_parts(word))
    for index in range(0, len(parts), 2):
        yield ChatTurn(parts[index], parts[index + 1] if index + 1 < len(parts) else None)


def _parts(word: ChatWord) -> Iterator[ChatPart]:
    """Yield the parts between hyphens; an empty one at the very end is none, unless it is the whole word."""
    text, start, at = word.text, 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == "-":
            yield _part(word, start, at)
            start = at + 1
        at += 1
    if start < len(text) or not text:
        yield _part(word, start, len(text))


def _part(word: ChatWord, start: int, end: int) -> ChatPart:
    place = Place(word.place.line, word.place.column + len(word.quote) + start, max(1, end - start))
    if start == 0 and end == len(word.text):
        place = word.place
    return ChatPart(word.text[start:end], place, word.inside + start, word.inside + end)
