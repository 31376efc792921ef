"""``simisp list``, ``simisp explain`` and ``simisp schema``."""

from __future__ import annotations

import click

from simisp.cli.output import say
from simisp.cli.parameters import SCENARIO
from simisp.visible import visible

__all__ = ["explain", "list_scenarios", "schema"]


@click.command("list")
def list_scenarios() -> None:
    """List the bundled scenarios, each with what it shows."""
    from simisp.scenario.load import bundled, load

    paths = bundled()
    width = max((len(path.name) for path in paths), default=0)
    for path in paths:
        say(f"{path.name:<{width}}  {visible(load(path).model.title)}")


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("--diagram", is_flag=True, help="Only the diagram (mermaid).")
def explain(scenario: str, diagram: bool) -> None:
    """Describe a scenario in words, and as a state diagram in mermaid."""
    from simisp.scenario.explain import diagram as as_diagram
    from simisp.scenario.explain import explain as in_words
    from simisp.scenario.load import load

    loaded = load(scenario)
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

    Editors complete and check by it.
    """
    from simisp.cli.schemas import schema_text

    say(schema_text(what), fold=False)
