"""The command line. Each command's module is imported only when that command is used."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import Any

import click

from simisp import __version__
from simisp.cli.lazy import LazyGroup
from simisp.cli.output import say
from simisp.errors import SimispError
from simisp.report.colour import painted_findings
from simisp.visible import visible_lines

__all__ = ["main"]


_SOFTWARE = 70


class _Cli(LazyGroup):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors and the system's are reported without a traceback and end with status 2.

        Statuses 1 and 3 are said by verdicts alone, so a fault of simisp's own ends with 70: sysexits.h, EX_SOFTWARE.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Whoever read our output has seen enough. Status 1, which click has for it, is said by verdicts alone.
            _discard_output()
            ctx.exit(128 + signal.SIGPIPE)
        except (SimispError, OSError) as error:
            remedy = "; raise the limit of open files (ulimit -n)" if _lacks_descriptors(error) else ""
            say(f"simisp: {error}{remedy}", err=True, paint=painted_findings)
            ctx.exit(2)
        except click.Abort:
            ctx.exit(128 + signal.SIGINT)
        except click.exceptions.Exit:
            raise
        except click.ClickException as error:
            vars(error)["message"] = visible_lines(error.message)  # it shows itself
            raise
        except Exception:  # noqa: BLE001 - whatever it is, its status may not be taken for a verdict
            import traceback

            say(traceback.format_exc(), err=True, nl=False)
            ctx.exit(_SOFTWARE)


def _lacks_descriptors(error: Exception) -> bool:
    said = str(error)
    return any(os.strerror(number) in said for number in (errno.EMFILE, errno.ENFILE)) and "ulimit" not in said


def _discard_output() -> None:
    """Let what is still to be written go nowhere, so that Python finds nothing to complain of at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@click.group(
    cls=_Cli,
    table={
        "run": ("simisp.cli.run:run", "Play a scenario, for whoever dials or for a command."),
        "check": ("simisp.cli.check:check", "Check scenarios and other files, and report every mistake."),
        "list": ("simisp.cli.catalogue:list_scenarios", "List the bundled scenarios."),
        "explain": ("simisp.cli.catalogue:explain", "Tell a scenario in words and as a diagram."),
        "schema": ("simisp.cli.catalogue:schema", "Print the JSON Schema of scenarios, for editors."),
        "script": ("simisp.cli.script:script", "Run and check Windows dial-up scripts (.scp)."),
        "dial": ("simisp.cli.dial:dial", "Dial a phone-book entry, as the Remote Access Service did."),
        "mail": ("simisp.cli.mail:mail", "Run a mail service that dials on a schedule."),
        "demo": ("simisp.cli.demo:demo", "Show the hang of KB 175410 and its cure."),
        "completion": ("simisp.cli.completion:completion", "Print the completion script of a shell."),
    },
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, package_name="simisp")
def main() -> None:
    """Play an ISP's log-in dialogue on a virtual serial port, and say who holds the port afterwards."""
