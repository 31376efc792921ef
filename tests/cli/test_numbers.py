"""A number in an option is one as in a scenario: what Python alone would read as a number is refused."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from simisp.cli import main
from simisp.cli.numbers import WHOLE, Factor, WholeNumber
from support.click_commands import commands

NUMBERS = [
    (name, parameter)
    for name, command in commands(main)
    for parameter in command.params
    if isinstance(parameter.type, (click.types.IntParamType, click.types.FloatParamType))
]


def test_every_option_with_a_number_reads_it_as_a_scenario_does() -> None:
    assert len(NUMBERS) > 10
    lax = [(name, each.name) for name, each in NUMBERS if not isinstance(each.type, (WholeNumber, Factor))]
    assert lax == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "hang", "--lines", "1_0"], "'1_0' is not a whole number; did you mean 10?"),
        (["run", "hang", "--lines", "4.0"], "'4.0' is not a whole number; did you mean 4?"),
        (["run", "hang", "--lines", "four"], "'four' is not a whole number"),
        (["run", "hang", "--lines", "1001"], "1001 is not in the range 1<=x<=1000"),
        (["run", "hang", "--seed", "0x10"], "'0x10' is not a whole number; did you mean 16?"),
        (["run", "hang", "--seed", "\N{ARABIC-INDIC DIGIT THREE}"], "is not a whole number"),
        (["sweep", "login", "--jobs", " 2"], "' 2' is not a whole number; did you mean 2?"),
        (["run", "hang", "--seed", "9" * 5000], "is not a whole number"),
        (["run", "kb175410", "--scale", "nan"], "'nan' is not a number, such as 60 or 0.5"),
        (["mail", "serve", "x", "--scale", "nan"], "'nan' is not a number"),
        (["script", "run", "x.scp", "--port", "/dev/null", "--speed", "inf"], "'inf' is not a number"),
        (["script", "run", "x.scp", "--port", "/dev/null", "--speed", "nan"], "'nan' is not a number"),
        (["run", "hang", "--clock", "scaled:1_0"], "a scaled clock's factor must be from 0.001 to 100000, not '1_0'"),
        (["run", "hang", "--clock", "scaled:nan"], "a scaled clock's factor must be from 0.001 to 100000, not 'nan'"),
        (["run", "hang", "--deadline", "\N{ARABIC-INDIC DIGIT THREE}s"], "is not a duration"),
    ],
)
def test_what_is_no_number_is_refused_with_what_was_meant(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_number_in_any_plain_form_is_taken() -> None:
    assert [Factor(min=0.001).convert(text, None, None) for text in ("60", "0.5", ".5", "1e3")] == [60.0, 0.5, 0.5, 1e3]
    assert [WHOLE.convert(text, None, None) for text in ("-1", "+2", "010")] == [-1, 2, 10]
