"""``simisp sweep merge``: the parts of a sweep, played on several machines, as one result."""

from __future__ import annotations

from dataclasses import dataclass, replace

import click

from simisp.cli.call import takes
from simisp.cli.output import say, say_exactly
from simisp.cli.scenario_first import ScenarioFirst
from simisp.cli.sweep_baseline import Baseline, baseline_options, refuse_update_of_nothing
from simisp.cli.sweep_reports import SweepReports, sweep_report_options
from simisp.errors import FileError, reason_of

__all__ = ["SweepOrMerge", "merge"]

_MERGE = "merge"
_FINDINGS, _INCOMPLETE = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCall:
    """What ``simisp sweep merge`` was called with: its arguments and options, by their names."""

    files: tuple[str, ...]
    baseline: str | None
    update_baseline: bool
    html: str | None
    junit: str | None
    sarif: str | None
    as_json: bool


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@baseline_options
@sweep_report_options
@click.option("--json", "as_json", is_flag=True, help="Print the whole as JSON.")
@takes(MergeCall)
def merge(ctx: click.Context, call: MergeCall) -> None:
    """Join FILES, the results of the shards of one sweep, into the result of the whole.

    The exit status is 0 when nothing was found, with --baseline nothing new; 1 when something was; 2 when a shard is
    missing or FILES are not of one sweep. What the others have found is printed all the same when a shard is missing.
    """
    from simisp.sweep.merge import merged, missing_shards
    from simisp.sweep.reports.table import as_table
    from simisp.sweep.result import SweepResult

    refuse_update_of_nothing(call.baseline, update=call.update_baseline)
    reports, baseline = SweepReports.of(call), Baseline.of(call.baseline, update=call.update_baseline)
    results = {name: SweepResult.from_json(_read(name), name=name) for name in call.files}
    whole = merged(results)
    missing = missing_shards(results)
    # What is not there may have been found there: nothing is gone, and nothing is forgotten.
    whole = replace(whole, interrupted=whole.interrupted or bool(missing))
    reports.write(whole, None)
    if call.as_json:
        say_exactly(whole.to_json(), nl=False)
    else:
        say(as_table(whole), nl=False, fold=False)
    for words in missing:
        say(f"simisp: not the whole sweep: {words}", err=True)
    new = len(whole.groups) if baseline is None else baseline.new_in(whole)
    ctx.exit(_INCOMPLETE if missing else _FINDINGS if new else 0)


class SweepOrMerge(ScenarioFirst):
    """``simisp sweep``, of which ``simisp sweep merge`` is another command; a scenario ``merge`` is ``./merge``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Return the context of the sweep, or that of the command ``merge``."""
        if args[:1] == [_MERGE]:
            return merge.make_context(f"{info_name} {_MERGE}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


def _read(name: str) -> str:
    """Return the text of a file.

    Raises:
        FileError: It can't be read.
    """
    try:
        with open(name, encoding="utf-8") as file:  # noqa: PTH123 - the name as it was given, for the message
            return file.read()
    except UnicodeDecodeError:
        raise FileError("not a result of a sweep: it is not text", path=name) from None
    except OSError as error:
        raise FileError(f"the result can't be read: {reason_of(error)}", path=name, errno=error.errno) from error
