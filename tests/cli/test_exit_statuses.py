"""Statuses 1 and 3 are said by verdicts alone."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from simisp.cli import main


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (RuntimeError("a fault of simisp's own"), 70),
        (RecursionError(), 70),
        (click.Abort(), 130),
        (click.UsageError("a wrong call"), 2),
        (PermissionError(13, "Permission denied"), 2),
    ],
)
def test_what_goes_wrong_is_never_taken_for_a_verdict(
    raised: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise raised

    monkeypatch.setattr(main, "get_command", lambda *_: failing)
    assert CliRunner().invoke(main, ["failing"]).exit_code == status
