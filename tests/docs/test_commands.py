"""Every command that a page shows is one that simisp takes: its options exist, and have values that they can have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from simisp.cli import main
from support.walks import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^ *```(sh|console|text|yaml)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(simisp [a-z][^`\n]*)`")
CALL = re.compile(r"(?:^|[\s(;|])(?:\$ |- run: )?(simisp [a-z].*)$")
ENDS = {"|", "&", ">", "2>", ";", "&&", "||", "…", "...", "\\", "<"}


def shown_commands(text: str) -> Iterator[str]:
    """Yield the commands of a page: in its blocks, and in its sentences."""
    for _, block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if (found := CALL.search(line)) and found[1].split()[1] not in {"has", "ends"}:  # of a verdict
                yield found[1]
    yield from INLINE.findall(text)


def words_of(line: str) -> list[str]:
    """Return a command's words, up to where a shell would end it or the page leaves something out."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        words = line.split()
    end = next((at for at, word in enumerate(words) if word in ENDS or word.startswith((">", "["))), len(words))
    return words[1:end]


def refuse_or_take(words: list[str]) -> None:
    """Parse a command as simisp would.

    Raises:
        click.UsageError: It is not a command, or an option is wrong; that an argument is missing is no matter.
    """
    command: click.Command = main
    context = click.Context(main, info_name="simisp")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, click.Context(found, info_name=name, parent=context)
    values, _, order = command.make_parser(context).parse_args(args=list(words))
    for parameter in order:
        value = values.get(parameter.name or "")
        if value is not None and isinstance(parameter, click.Option) and not parameter.is_flag:
            for each in value if parameter.multiple else [value]:
                if not re.fullmatch(r"[A-Z]+|.*[$…].*", str(each)):  # a placeholder
                    parameter.type.convert(each, parameter, context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_on_a_page_is_one_that_simisp_takes(page: Path) -> None:
    wrong = []
    for line in shown_commands(page.read_text()):
        try:
            refuse_or_take(words_of(line))
        except click.BadOptionUsage as error:
            if words_of(line)[-1:] != [error.option_name]:  # a sentence names an option without its value
                wrong.append(f"{line}: {error.format_message()}")
        except click.UsageError as error:
            wrong.append(f"{line}: {error.format_message()}")
    assert not wrong, "\n".join(wrong)


def test_a_wrong_option_and_a_wrong_value_are_found() -> None:
    for wrong in ("run hang --verify --transcript x", "rn hang", "run hang --clok real", "script lnt x"):
        with pytest.raises(click.UsageError):
            refuse_or_take(wrong.split())
    assert list(shown_commands("```sh\nA=1 simisp run hang --clock \\\n  real   # so\n```\n`simisp list`")) == [
        "simisp run hang --clock    real   # so", "simisp list",
    ]  # fmt: skip
