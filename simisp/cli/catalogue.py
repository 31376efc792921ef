"""``simisp list``, ``simisp explain`` and ``simisp schema``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import NotRequired, TypedDict

import click

from simisp.cli.output import columns, say
from simisp.cli.parameters import SCENARIO
from simisp.report.folding import fold as fold_lines
from simisp.visible import visible

__all__ = ["explain", "list_scenarios", "schema"]

_COLUMNS = 80
"""The width of a table where no terminal says another one."""
_NARROWEST = 40


@click.command("list")
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--public", is_flag=True, help="Those made from public reports of programs that hang or fail.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def list_scenarios(words: tuple[str, ...], public: bool, as_json: bool) -> None:
    """List the bundled scenarios, each with what it shows.

    With --public, list the scenarios made from public reports, each with the report that it comes from. WORDs limit the
    list to scenarios that contain all of them, in what is listed or, with --public, in the description of the report: a
    program's name, a symptom, an issue's number. Each name listed can be given to run, check, explain and so on.
    """
    entries = _public_entries(words) if public else _entries(words)
    if as_json:
        say(json.dumps(entries, indent=2), fold=False)
    elif entries:
        _say_table(entries)
        if not public and not words and columns() is not None:
            say("More, from public reports of programs that hang or fail: simisp list --public", err=True)
    else:
        in_the_other = _entries(words) if public else _public_entries(words)
        other = "simisp list" if public else "simisp list --public"
        wanted = " and ".join(map(repr, words))
        if in_the_other:
            say(f"no scenario here has {wanted} (try: {other} {' '.join(words)})", err=True)
        else:
            say(f"no scenario has {wanted}; simisp list and simisp list --public show all that there are", err=True)
    sys.exit(0 if entries else 1)


class _Listed(TypedDict):
    """A scenario in the list; the last three keys are those of one that is made from a public report."""

    name: str
    title: str
    path: str
    shows: NotRequired[str]
    threads: NotRequired[list[str]]
    symptom: NotRequired[str]


def _entries(words: Sequence[str]) -> list[_Listed]:
    from simisp.scenario.load import bundled, load

    every = [_Listed(name=path.name, title=load(path).model.title, path=str(path)) for path in bundled()]
    return [
        each for each in every if all(word.casefold() in f"{each['name']} {each['title']}".casefold() for word in words)
    ]


def _public_entries(words: Sequence[str]) -> list[_Listed]:
    from simisp.scenario.public_reports import public_reports

    return [
        _Listed(
            name=report.path.name, title=report.title, path=str(report.path), shows=report.shows,
            threads=list(report.threads), symptom=report.symptom,
        )
        for report in public_reports(words)
    ]  # fmt: skip


def _say_table(entries: Sequence[_Listed]) -> None:
    """Write a line for each scenario, and one for its threads; what is too wide for it goes on below."""
    name_width = max(len(each["name"]) for each in entries) + 2
    room = max((columns() or _COLUMNS) - name_width, _NARROWEST)
    for each in entries:
        texts = [each["title"], ", ".join(each.get("threads", ()))]
        lines = [line for text in texts if text for line in fold_lines(visible(text), room).split("\n")]
        for number, line in enumerate(lines):
            say(f"{'' if number else each['name']:<{name_width}}{line}", fold=False)


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("--diagram", is_flag=True, help="Only the diagram (mermaid).")
def explain(scenario: str, diagram: bool) -> None:
    """Describe a scenario in words, and as a state diagram in mermaid."""
    from simisp.cli.scenario_input import load_scenario
    from simisp.scenario.explain import diagram as as_diagram
    from simisp.scenario.explain import explain as in_words

    loaded = load_scenario(scenario)
    if not diagram:
        say(in_words(loaded))
        say()
    say(as_diagram(loaded), fold=False)


@click.command()
@click.argument(
    "what", type=click.Choice(["scenario", "profile", "phonebook", "mail", "transcript"]), default="scenario"
)
def schema(what: str) -> None:
    """Print the JSON Schema of scenarios, modem profiles, phone books, mail settings, or a transcript's lines.

    Editors use it to complete and check files.
    """
    from simisp.cli.schemas import schema_text

    say(schema_text(what), fold=False)
