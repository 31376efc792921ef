"""Programs that have the line: real processes, on a line in memory."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from simisp.errors import UnsharedTimeError
from simisp.facts.isp import ProgramEnded, ProgramSaid, ProgramStarted
from simisp.facts.line import CallEnded, OctetsLost
from simisp.facts.port import LineStopped
from simisp.procfs.process import all_processes
from simisp.runner.pure import PureRunner
from simisp.scenario.load import LoadedScenario, load, loads
from simisp.testing import run_in_virtual_time
from simisp.testing.memory_line import MemoryLine
from simisp.transcript import Source
from support.mux_host import MuxHost
from support.polling import until
from support.ppp_on_a_line import dial

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def scenario(run: str) -> LoadedScenario:
    return loads(f"title: x\nexchange: {{answer_after: 0s}}\nisp:\n  dialogue:\n  - run: {run}\n")


def play(loaded: LoadedScenario, talk: Callable[[MemoryLine, Streams], Awaitable[None]]) -> list[object]:
    """Dial, and talk to the program; return the facts of the run."""

    async def run() -> list[object]:
        async with asyncio.timeout(60):
            async with MemoryLine(loaded, judged=False) as line:
                streams = await dial(line)
                await talk(line, streams)
                streams[1].close()
            return [record.fact for record in line.records]

    return asyncio.run(run())


async def recorded(line: MemoryLine, kind: type[object]) -> None:
    """Wait until there is a fact of a kind."""
    found = asyncio.Event()
    line.records.listen(lambda record: found.set() if isinstance(record.fact, kind) else None)
    if not any(isinstance(record.fact, kind) for record in line.records):
        await found.wait()


def of(facts: list[object], kind: type[object]) -> list[object]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_a_program_has_a_terminal_as_getty_leaves_it_and_its_end_hangs_up() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        reader, writer = streams
        assert await reader.readuntil(b"\n") == b"who?\r\n"
        writer.write(b"alice\r")
        assert await reader.readuntil(b"NO CARRIER\r\n") == b"alice\r\nhello alice, on a tty\r\n\r\nNO CARRIER\r\n"

    program = "[sh, -c, 'echo who?; read name; tty -s && echo hello $name, on a tty; echo oops >&2; exit 3']"
    facts = play(scenario(program), talk)
    assert of(facts, ProgramSaid) == [ProgramSaid("sh", "oops")]
    assert of(facts, ProgramEnded) == [ProgramEnded("sh", "exit status 3")]
    assert of(facts, CallEnded) == [CallEnded(1, "isp")]


def test_a_program_has_its_own_variables_and_folder(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    file = tmp_path / "x.yaml"
    program = "[sh, -c, 'echo $WHERE; pwd >&2'], environment: {WHERE: here}, folder: files, errors to caller: yes"
    file.write_text(f"title: x\nexchange: {{answer_after: 0s}}\nisp: {{dialogue: [run: {{command: {program}}}]}}")

    async def talk(line: MemoryLine, streams: Streams) -> None:
        assert await streams[0].readuntil(b"files\r\n") == f"here\r\n{tmp_path / 'files'}\r\n".encode()

    assert not of(play(load(file), talk), ProgramSaid)


@pytest.mark.parametrize("terminal", ["raw", "none"])
def test_every_octet_passes_where_no_terminal_changes_any(terminal: str) -> None:
    everything = bytes(range(256))

    async def talk(line: MemoryLine, streams: Streams) -> None:
        streams[1].write(everything)
        assert await streams[0].readexactly(256) == everything

    play(scenario(f"{{command: [cat], terminal: {terminal}}}"), talk)


def test_a_program_that_can_not_be_started_is_recorded_and_hangs_up() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        await streams[0].readuntil(b"NO CARRIER\r\n")

    facts = play(scenario("[no-such-program]"), talk)
    (ended,) = of(facts, ProgramEnded)
    assert isinstance(ended, ProgramEnded)
    assert ended.how.startswith("it can't be started: ")


def test_a_caller_that_hangs_up_ends_the_program_by_a_hang_up() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        await streams[0].readuntil(b"ready\r\n")
        streams[1].close()
        await recorded(line, ProgramEnded)

    facts = play(scenario("[sh, -c, 'echo ready; exec cat']"), talk)
    assert of(facts, ProgramEnded) == [ProgramEnded("sh", "SIGHUP")]


def test_what_ignores_a_hang_up_is_gone_when_the_run_is_over() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        await streams[0].readuntil(b"ready\r\n")

    program = "[sh, -c, 'trap \"\" HUP TERM; tail -f /dev/null & echo ready; while :; do read x; done']"
    facts = play(scenario(program), talk)
    (started,) = of(facts, ProgramStarted)
    assert isinstance(started, ProgramStarted)
    # What was killed ends when it gets a processor, and may be a zombie until its new parent has seen it.
    until(lambda: not [each for each in all_processes().values() if each.group == started.pid and not each.ended])


def test_a_program_that_is_killed_says_by_what() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        await recorded(line, ProgramStarted)
        (started,) = [record.fact for record in line.records if isinstance(record.fact, ProgramStarted)]
        os.kill(started.pid, signal.SIGUSR1)
        await streams[0].readuntil(b"NO CARRIER\r\n")

    assert of(play(scenario("[cat]"), talk), ProgramEnded) == [ProgramEnded("cat", "SIGUSR1")]


def test_a_program_says_no_more_than_the_caller_reads_and_nothing_is_lost() -> None:
    much = 1_000_000

    async def talk(line: MemoryLine, streams: Streams) -> None:
        await recorded(line, LineStopped)
        sent = sum(len(record.data) for record in line.records if record.source is Source.ISP)
        assert sent < much / 2
        assert len(await streams[0].readexactly(much)) == much
        await streams[0].readuntil(b"NO CARRIER\r\n")

    play(scenario(f"{{command: [head, -c, {much}, /dev/zero], terminal: none}}"), talk)


def test_a_caller_says_no_more_than_the_program_reads_and_nothing_is_lost() -> None:
    much = bytes(range(256)) * 8000

    async def talk(line: MemoryLine, streams: Streams) -> None:
        reader, writer = streams
        for start in range(0, len(much), 4096):
            writer.write(much[start : start + 4096])
        await recorded(line, LineStopped)
        sent = sum(len(record.data) for record in line.records if record.source is Source.CLIENT)
        assert sent < len(much) / 2
        assert await reader.readexactly(len(much)) == much

    play(scenario("{command: [cat], terminal: none}"), talk)


def test_a_program_that_does_not_read_stops_its_own_channel_of_a_multiplexer_and_no_other(tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    os.mkfifo(go_on)
    run = f"{{command: [sh, -c, 'echo ready; read x < {go_on}; exec cat'], terminal: none}}"
    loaded = loads(
        f"title: x\nmodem: {{profile: gsm}}\nexchange: {{answer_after: 0s}}\nisp:\n  dialogue:\n  - run: {run}\n"
    )
    much = bytes(range(256)) * 500

    async def talk() -> None:
        async with asyncio.timeout(60), MemoryLine(loaded, judged=False) as line:
            host = MuxHost(line, channel=2)
            try:
                await host.begin(1, 2)
                host.say(1, b"ATD*99#\r")
                before = len(await host.heard(1, lambda said: said.endswith(b"ready\n")))
                for start in range(0, len(much), 4096):
                    host.say(1, much[start : start + 4096])
                await host.stopped(1, True)
                assert "+CSQ: " in await host.ask(2, "AT+CSQ")
                go_on.write_text("\n")
                assert await host.heard(1, lambda said: len(said) == len(much), before) == much
                await host.stopped(1, False)
                assert not [record for record in line.records if isinstance(record.fact, OctetsLost)]
            finally:
                await host.end()

    asyncio.run(talk())


def test_standard_error_is_recorded_line_by_line_and_not_without_end() -> None:
    async def talk(line: MemoryLine, streams: Streams) -> None:
        await streams[0].readuntil(b"NO CARRIER\r\n")

    facts = play(scenario("[sh, -c, 'seq 1200 >&2; printf unfinished >&2']"), talk)
    said = [fact.text for fact in facts if isinstance(fact, ProgramSaid)]
    assert said[:2] == ["1", "2"]
    assert said[-1] == "1000 (it says more than is recorded)"


def test_a_program_has_real_time_and_no_other() -> None:
    loaded = scenario("[cat]")
    with pytest.raises(UnsharedTimeError, match="runs cat, which has real time"):
        PureRunner(loaded)

    async def enter() -> None:
        async with MemoryLine(loaded):
            pass

    with pytest.raises(UnsharedTimeError, match="no virtual time"):
        run_in_virtual_time(enter())
