"""A chat script's text and its octets. chat knows octets only; people read, and places count, characters."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.diagnostics import SourceText

__all__ = ["ChatText", "chat_text"]


@dataclass(frozen=True, slots=True)
class ChatText:
    """A chat script as text.

    Attributes:
        source: The text and its name.
        encoding: The encoding that gives the octets of the file back: UTF-8 where the file is valid UTF-8, Latin-1
            otherwise.
    """

    source: SourceText
    encoding: str

    @property
    def text(self) -> str:
        """The text, with the line ends that the file has."""
        return self.source.text

    def octets(self, text: str) -> bytes:
        """Return a part of the text as the octets that the file has there."""
        return text.encode(self.encoding, "surrogatepass" if self.encoding == "utf-8" else "replace")


def chat_text(data: str | bytes, name: str) -> ChatText:
    r"""Return a chat script's file as text. Never fails; a byte order mark stays, for chat takes it for a word.

    Example:
        >>> chat_text(b"'' AT\xe9", "a.chat").text, chat_text("é".encode(), "a.chat").text
        ("'' ATé", 'é')
    """
    if isinstance(data, str):
        return ChatText(SourceText(name, data), "utf-8")
    try:
        return ChatText(SourceText(name, data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        return ChatText(SourceText(name, data.decode("latin-1")), "latin-1")
