"""The command line. Each command's module is imported only when that command is used."""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import Any

import click

from simisp import __version__
from simisp.cli.lazy import LazyGroup
from simisp.cli.output import columns, discard_output, say
from simisp.diagnostics import render_all
from simisp.errors import SimispError, SourceError, reason_of
from simisp.report.colour import painted_findings
from simisp.visible import visible_lines

__all__ = ["main"]


_SOFTWARE = 70
_FIRST_STEPS = """\
simisp plays modem and ISP on a virtual serial port, and reports which process holds the port afterwards.

Three things to do next:
  simisp demo                               see a dialler hang on a silent ISP, and how it is cured
  simisp init                               write a first scenario and a first test into this folder
  simisp run hang -- YOUR-DIALLER {port}    see what your own dialler does at that ISP

simisp --help lists all commands."""


class _Cli(LazyGroup):
    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the call; `--help` and `--version` may fail to write, as any output may."""
        try:
            return super().make_context(*args, **extra)
        except OSError as error:
            sys.exit(_report_fault(error))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors and the system's are reported without a traceback and end with status 2.

        Only verdicts give status 1 and 3, so a fault of simisp itself ends with 70: sysexits.h, EX_SOFTWARE.
        """
        try:
            return super().invoke(ctx)
        except (SimispError, OSError) as error:
            ctx.exit(_report_fault(error))
        except (click.Abort, KeyboardInterrupt) as interrupt:
            _complain("simisp: interrupted")
            ctx.exit(getattr(interrupt, "exit_status", 128 + signal.SIGINT))
        except click.exceptions.Exit:
            raise
        except click.ClickException as error:
            vars(error)["message"] = visible_lines(error.message)  # it shows itself
            raise
        except Exception:  # noqa: BLE001 - whatever it is, its status must not be taken for a verdict
            import traceback

            _complain(traceback.format_exc().rstrip("\n"))
            ctx.exit(_SOFTWARE)


def _report_fault(error: Exception) -> int:
    """Report an error, and return the exit status for it."""
    if isinstance(error, BrokenPipeError):
        # The reader of our output has seen enough. click's status for this is 1, which only verdicts give.
        discard_output()
        return 128 + signal.SIGPIPE
    remedy = "; raise the limit of open files (ulimit -n)" if _lacks_descriptors(error) else ""
    _complain(f"simisp: {_words(error)}{remedy}")
    return 2


def _words(error: Exception) -> str:
    """Return an error's message; for an error of the system in the form of our own, with the file after the reason."""
    if isinstance(error, SourceError):
        return render_all(error.diagnostics, error.source, columns=columns(err=True))
    if not isinstance(error, OSError):
        return str(error)
    files = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    return ": ".join([reason_of(error), *([" and ".join(files)] if files else [])])


def _complain(text: str) -> None:
    """Write to standard error, which may be full or closed too: the exit status must be given nevertheless."""
    try:
        say(text, err=True, paint=painted_findings)
    except OSError:
        discard_output()


def _lacks_descriptors(error: Exception) -> bool:
    said = str(error)
    return any(os.strerror(number) in said for number in (errno.EMFILE, errno.ENFILE)) and "ulimit" not in said


@click.group(
    cls=_Cli,
    table={
        "run": ("simisp.cli.run:run", "Play a scenario, for any program that dials or for a command."),
        "sweep": ("simisp.cli.sweep:sweep", "Try every way in which the ISP or the modem can fail on a client."),
        "compare": ("simisp.cli.compare:compare", "Try the same faults on several clients, side by side."),
        "report": ("simisp.cli.report:report", "Show a run by its transcript, as text, page, drawing or recording."),
        "init": ("simisp.cli.init:init", "Write a first scenario and a first test into a project."),
        "check": ("simisp.cli.check:check", "Check scenarios and other files, and report every mistake."),
        "scenario": ("simisp.cli.scenario:scenario", "Draft a scenario from a transcript or another program's log."),
        "list": ("simisp.cli.catalogue:list_scenarios", "List the bundled scenarios, and those of public reports."),
        "explain": ("simisp.cli.catalogue:explain", "Describe a scenario in words and as a diagram."),
        "schema": ("simisp.cli.catalogue:schema", "Print the JSON Schema of scenarios, for editors."),
        "script": ("simisp.cli.script:script", "Run and check Windows dial-up scripts (.scp)."),
        "chat": ("simisp.cli.chat:chat", "Check and explain scripts of pppd's chat."),
        "dial": ("simisp.cli.dial:dial", "Dial a phone-book entry, as the Remote Access Service did."),
        "mail": ("simisp.cli.mail:mail", "Run a mail service that dials on a schedule."),
        "decode": ("simisp.cli.decode:decode", "Show the PPP, CMUX and AT of a transcript or a capture as text."),
        "demo": ("simisp.cli.demo:demo", "Show the hang of KB 175410 and its cure."),
        "completion": ("simisp.cli.completion:completion", "Print the completion script of a shell."),
    },
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.version_option(__version__, package_name="simisp")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Play an ISP's log-in dialogue on a virtual serial port, and report which process holds the port afterwards."""
    if ctx.invoked_subcommand is None:
        say(_FIRST_STEPS, fold=False)
