"""Writes what chat's linter is compared with, after a change that is meant: ``python -m tests.chat.write_expected``."""

from pathlib import Path

from simisp.chat.linter import lint_chat
from simisp.chat.rules import CHAT_RULES
from simisp.chat.rules.pages import chat_pages
from simisp.lint.report import as_text

PAGES = Path(__file__).parents[2] / "docs" / "chat-rules"
FINDINGS = Path(__file__).parent / "findings.txt"


def findings() -> str:
    """Return what the linter says of the bad example of each rule."""
    results = [
        lint_chat(rule.example, name=f"{rule.code}.chat", give_up=rule.settings.give_up, select=[rule.code])
        for rule in CHAT_RULES
    ]
    return as_text(results)


def main() -> None:
    """Write every page, and the findings."""
    PAGES.mkdir(exist_ok=True)
    for name, text in chat_pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
    FINDINGS.write_text(findings(), encoding="utf-8")


if __name__ == "__main__":
    main()
