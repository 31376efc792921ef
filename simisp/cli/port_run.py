"""A run of ``simisp run`` on a port: for any program that opens it, or for a command."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simisp.cli.output import discard_output, say, say_exactly
from simisp.cli.pictures import PictureFiles
from simisp.cli.standard_streams import streams_for_the_line
from simisp.cli.suggestions import what_to_try
from simisp.cli.transcript_file import report_complaint, status_with_files
from simisp.errors import RunInterruptedError
from simisp.report.colour import painted_verdict

if TYPE_CHECKING:
    from simisp.capture.pcap_file import PcapFile
    from simisp.cli.run import RunCall
    from simisp.report.json_lines import JsonLines
    from simisp.runner.run_options import RunOptions
    from simisp.runner.station import Station
    from simisp.runner.verdict import ExpectationResult, Verdict
    from simisp.scenario.load import LoadedScenario
    from simisp.transcript import Header, Record

__all__ = ["PortRun"]

_FAILED = 1
_NOT_VERIFIED = 2
"""Runs of one command differ: no verdict covers all of them, and only verdicts give 1 and 3."""


class PortRun:
    """One run from the command line: the call, the scenario, and what was printed.

    Args:
        call: The parameters of ``simisp run``.
        scenario: The scenario.
        lines: The transcript's file, if any.
        timeout: For how many real seconds a command may go on that a sweep has played; None for one of the user's own,
            which has no limits.
    """

    def __init__(
        self, call: RunCall, scenario: LoadedScenario, lines: JsonLines | None, timeout: float | None = None
    ) -> None:
        self._call = call
        self._scenario = scenario
        self._lines = lines
        self._frames: PcapFile | None = None
        self._timeout = timeout
        self._products = PictureFiles.of(call).open(show_secrets=call.show_secrets)
        self._verdict_said = False
        has_streams = any(spec.kind == "stdio" for spec in call.endpoints)
        self._streams = streams_for_the_line() if has_streams else None

    async def serve(self) -> int:
        """Play for the processes that open the port; return the exit status."""
        from simisp.runner.ports import paths_of
        from simisp.runner.serve import serve

        call = self._call
        with contextlib.ExitStack() as stack:
            station = stack.enter_context(self._station(stack))
            for port in station.ports.values():
                for path in paths_of(port):
                    say_exactly(path)
            if not call.quiet:
                say(what_to_try(paths_of(station.endpoint), call.endpoints, self._scenario.model), err=True, fold=False)
            if station.clock_choice.circuits:
                say(_how_to_take_part(station), err=True, fold=False)
            results: Sequence[ExpectationResult]
            try:
                once = [spec.kind for spec in call.endpoints] in (["stdio"], ["serial"])
                await serve(
                    station, calls=call.calls, seconds=call.seconds, lock_directories=call.lock_directories, once=once
                )
                results = await station.judge()
                station.note_expectations(results)
            except asyncio.CancelledError:
                # Without a command an interruption is how a run ends.
                results = station.judge_so_far()
                station.note_expectations(results)
        return status_with_files(_told_expectations(results), self._lines, self._frames)

    async def judge(self) -> int:
        """Run the command and print the verdict; return the exit status."""
        return status_with_files(await self._judged(), self._lines, self._frames)

    async def _judged(self) -> int:
        """Run the command and print the verdict; return its status, or that of its verification."""
        call, how = self._call, self._options()
        with contextlib.ExitStack() as stack:
            station = stack.enter_context(self._station(stack))
            verdict = await self._run_command(station, how)
            digest = station.digest()
        self._say_verdict(verdict)
        if call.verify is None:
            return verdict.exit_status
        from simisp.runner.verify import verify

        # An interruption of the other runs does not affect the first, whose verdict is known.
        how = replace(how, on_interrupted=None)
        verification = await verify(
            self._scenario, call.command, how, clock=station.clock_choice, runs=call.verify, first=digest
        )
        say(verification.describe(), err=call.as_json)
        if verification.alike or not verdict.clock.was_kept:
            return verdict.exit_status
        return _NOT_VERIFIED

    async def _run_command(self, station: Station, how: RunOptions) -> Verdict:
        """Run the command; one that a sweep has found is held to the sweep's limits, for it may start ever more."""
        if self._timeout is None:
            from simisp.runner.run import run_client

            return await run_client(station, self._call.command, how)
        from simisp.runner.limited import limited_files, run_limited
        from simisp.sweep.command_client import CommandLimits

        limits = CommandLimits(seconds=self._timeout)
        with limited_files(limits.file_octets):
            verdict, cut_short = await run_limited(
                station, self._call.command, how, seconds=limits.seconds, processes=limits.processes
            )
        return verdict if cut_short is None else replace(verdict, reason=cut_short.reason, interrupted=False)

    def report_interruption(self, interruption: RunInterruptedError) -> None:
        """Report that a signal ended the run; in JSON there is a verdict in any case."""
        try:
            if self._call.as_json and not self._verdict_said:
                self._say_verdict(_not_begun(self._scenario))
            say(f"interrupted by {interruption}; nothing of the run is left", err=True)
        except OSError:  # for instance, the terminal is gone
            discard_output()

    def _options(self) -> RunOptions:
        from simisp.runner.run_options import RunOptions

        call = self._call
        return RunOptions(
            on_interrupted=self._say_verdict,
            give_up=call.give_up,
            give_up_kills=call.give_up_kills,
            deadline=call.deadline,
            grace=call.grace,
            compute_limit=call.compute_limit,
            allow_unopened=call.allow_unopened,
            lock_directories=call.lock_directories,
        )

    def _say_verdict(self, verdict: Verdict) -> None:
        self._verdict_said = True
        if self._call.as_json:
            say(verdict.to_json(), fold=False)
        else:
            say(verdict.describe(), paint=painted_verdict)

    def _station(self, stack: contextlib.ExitStack) -> Station:
        from simisp.endpoints.access import PortAccess
        from simisp.runner.clocks import choose_clock
        from simisp.runner.ports import further_ports, ports_of
        from simisp.runner.station import Station
        from simisp.scenario.heading import heading

        call = self._call
        choice = choose_clock(call.clock, call.command, circuits=call.circuits)
        if choice.why:
            say(f"simisp: the clock is real, not {choice.asked}: {choice.why}", err=True)
        if choice.without_circuits:
            say(f"simisp: no modem circuits: {choice.without_circuits}", err=True)
        self._begin_files(heading(self._scenario, clock=choice.used, began=datetime.now().astimezone()))
        mode = 0o600 if call.mode is None else call.mode
        access = PortAccess(mode, call.owner, call.group)
        for spec in call.endpoints:
            if spec.warning:
                say(f"simisp: warning: {spec.warning}", err=True)
        return Station(
            self._scenario,
            ports_of(self._scenario, call.endpoints, link=call.link, access=access, streams=self._streams),
            clock=choice,
            listeners=self._listeners(stack),
            fell_back=_say_fall_back,
            show_secrets=call.show_secrets,
            make_port=further_ports(call.endpoints, access=access),
        )

    def _begin_files(self, header: Header) -> None:
        """Begin the files that the run writes, before there is a port that would be left if one of them can't be."""
        if self._lines is not None:
            self._lines.begin(header)
        for products in self._products:
            products.begin(header)
        if self._call.pcap is not None:
            from simisp.capture.pcap_file import PcapFile

            self._frames = PcapFile(self._call.pcap, time.time())

    def _listeners(self, stack: contextlib.ExitStack) -> list[Callable[[Record], None]]:
        listeners: list[Callable[[Record], None]] = []
        if self._lines is not None:
            stack.callback(report_complaint, self._lines)
            listeners.append(stack.enter_context(contextlib.closing(self._lines)))
        if self._frames is not None:
            stack.callback(report_complaint, self._frames)
            listeners.append(stack.enter_context(contextlib.closing(self._frames)))
        listeners += map(stack.enter_context, self._products)
        if not self._call.quiet:
            from simisp.report.live import LiveView
            from simisp.report.screen import show_line

            view = LiveView(show_line(sys.stderr))
            stack.callback(view.flush)
            listeners.append(view)
        return listeners


def _told_expectations(results: Sequence[ExpectationResult]) -> int:
    """Print the outcome of the expectations of a run without a command; return the exit status."""
    from simisp.runner.expectations import broken, summary

    if results:
        say(summary(results), paint=painted_verdict)
    return _FAILED if broken(results) else 0


def _not_begun(scenario: LoadedScenario) -> Verdict:
    from simisp.runner.verdict import Verdict, VerdictKind

    reason = "the run was interrupted before the command was started"
    return Verdict(VerdictKind.CUT_SHORT, scenario.name, reason, at=0.0, calls=0, interrupted=True)


def _say_fall_back(reason: str) -> None:
    """Report at once, even in a quiet run, that a run in shared time continues in real time."""
    say(f"simisp: the clock is real from here on: {reason}", err=True)


def _how_to_take_part(station: Station) -> str:
    environment = station.clock.environment({})
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    return f"A program started like this has the modem's circuits, and the run's time:\n  env {settings} PROGRAM"
