"""``simisp list``, ``simisp explain`` and ``simisp schema``."""

from __future__ import annotations

import json

import click

from simisp.cli.parameters import SCENARIO

__all__ = ["explain", "list_scenarios", "schema"]


@click.command("list")
def list_scenarios() -> None:
    """List the bundled scenarios, each with what it shows."""
    from simisp.scenario.load import bundled, load

    paths = bundled()
    width = max((len(path.name) for path in paths), default=0)
    for path in paths:
        click.echo(f"{path.name:<{width}}  {load(path).model.title}")


@click.command()
@click.argument("scenario", type=SCENARIO)
@click.option("--diagram", is_flag=True, help="Only the diagram (mermaid).")
def explain(scenario: str, diagram: bool) -> None:
    """Tell a scenario in words, and as a state diagram in mermaid."""
    from simisp.scenario.explain import diagram as as_diagram
    from simisp.scenario.explain import explain as in_words
    from simisp.scenario.load import load

    loaded = load(scenario)
    if not diagram:
        click.echo(in_words(loaded))
        click.echo()
    click.echo(as_diagram(loaded))


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, so that editors complete and check them."""
    from simisp.scenario.schema import schema as whole_schema

    click.echo(json.dumps(whole_schema(), indent=2))
