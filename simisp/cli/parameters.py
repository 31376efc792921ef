"""The parameter types that several commands use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simisp.cli.files import STANDARD_STREAM

if TYPE_CHECKING:
    from simisp.endpoints.spec import EndpointSpec

__all__ = ["CLOCK", "DURATION", "ENDPOINT", "MODE", "PAD_TEXT", "SCENARIO", "WRITTEN_FILE", "file_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Duration(click.ParamType[float]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        from simisp.scenario.values import duration

        if isinstance(value, (int, float)):
            return float(value)
        try:
            return duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Scenario(click.ParamType[str]):
    name = "scenario"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """Return where scenarios are to be had."""
        return (
            "It is a file, or the name of a bundled scenario: simisp list shows them, simisp init writes a first one."
        )

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Offer the bundled scenarios, those of public reports once a letter is typed, and files."""
        from click.shell_completion import CompletionItem

        from simisp.scenario.load import bundled, public_scenarios

        paths = [*bundled(), *(public_scenarios() if incomplete else ())]
        names = [path.name for path in paths if path.name.startswith(incomplete)]
        return [*map(CompletionItem, names), CompletionItem(incomplete, type="file")]


class _Clock(click.ParamType[str]):
    name = "clock"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """Offer the clocks."""
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(clock) for clock in ("real", "virtual", "auto", "scaled:60") if clock.startswith(incomplete)
        ]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, if it is a valid clock."""
        from simisp.runner.clocks import parse_clock

        try:
            parse_clock(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return str(value)


class _Mode(click.ParamType[int]):
    name = "mode"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return permission bits."""
        text = str(value).removeprefix("0o")
        if not text or len(text) > 4 or set(text) - set("01234567") or int(text, 8) > 0o777:
            self.fail(f"{value!r} is not a mode: three octal digits, such as 660", param, ctx)
        return int(text, 8)


class _Endpoint(click.ParamType["EndpointSpec"]):
    name = "endpoint"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> EndpointSpec:
        """Return the port that is asked for."""
        from simisp.endpoints.spec import parse_endpoint

        try:
            return parse_endpoint(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _PadText(click.ParamType[str]):
    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text, if a PAD can be sent it."""
        from simisp.ras.phonebook import why_unfit_for_pad

        if reason := why_unfit_for_pad(str(value)):
            self.fail(reason, param, ctx)
        return str(value)


class _WrittenFile(click.Path):
    """A file to write. ``-`` is refused: a call with it means standard output, and would find a file of that name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name of the file."""
        if value == STANDARD_STREAM:
            self.fail("this can't go to standard output; name a file (one called '-' is './-')", param, ctx)
        return super().convert(value, param, ctx)


CLOCK = _Clock()
"""real, virtual, scaled:N or auto."""
DURATION = _Duration()
"""A duration as in scenarios: 500ms, 4s, 2m, or seconds."""
ENDPOINT = _Endpoint()
"""A port: pty, tcp:HOST:PORT, unix:PATH and so on."""
MODE = _Mode()
"""Permission bits in octal."""
PAD_TEXT = _PadText()
"""Printable ASCII that goes into a command for an X.25 PAD."""
SCENARIO = _Scenario()
"""A scenario's file, the name of a bundled one, or ``-`` for standard input."""
WRITTEN_FILE = _WrittenFile(dir_okay=False)
"""A file to write, which can't be standard output."""


def file_options(function: _Function, options: Mapping[str, str]) -> _Function:
    """Give a command options that each name a file to write.

    Args:
        function: The command.
        options: Their names without dashes, and what each writes.
    """
    for name, text in reversed(list(options.items())):
        function = click.option(f"--{name}", metavar="FILE", type=WRITTEN_FILE, help=text)(function)
    return function
