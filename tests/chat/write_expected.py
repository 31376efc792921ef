"""Writes the manual of chat's linter, after a change that is meant: ``python -m tests.chat.write_expected``."""

from pathlib import Path

from simisp.chat.rules.pages import chat_pages

PAGES = Path(__file__).parents[2] / "docs" / "chat-rules"


def main() -> None:
    """Write every page."""
    PAGES.mkdir(exist_ok=True)
    for name, text in chat_pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
