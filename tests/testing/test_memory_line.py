"""An asyncio dialler against scenarios on a port in memory, most of it in virtual time."""

from __future__ import annotations

import asyncio
import gc

import pytest
import serial_asyncio

from simisp.circuits import Circuit
from simisp.errors import EndpointError, ScenarioError, ScenarioUnreachedError, WrongClientError
from simisp.facts.fact import details_of
from simisp.testing import MemoryLine, in_virtual_time, memory_line, proven_hang, run_in_virtual_time
from support.asyncio_dialler import GaveUpError, dial, naive_dial

SILENT = "title: Nothing but silence\nmodem: {profile: none}\nisp: {dialogue: [silence]}\n"


@in_virtual_time
async def test_the_limits_of_kb_175410_pass_at_their_exact_times() -> None:
    async with memory_line("silent-from-start") as line:
        with pytest.raises(GaveUpError, match="no 'Service\\?' within 90 s"):
            await dial(line)
        await line.assert_released(within=0.0)
        # CONNECT comes after one second.
        assert line.now == line.released_at == 91.000


@in_virtual_time
async def test_ninety_sixty_and_sixty_seconds_are_waited_out_to_the_last_moment() -> None:
    late = """
title: Each prompt comes in the last moment
isp:
  dialogue:
    - pause: 89.5s
    - prompt: "Service?"
      expect: p
    - pause: 59.5s
    - prompt: "Username:"
      expect: alice
    - silence
"""
    async with memory_line(late) as line:
        with pytest.raises(GaveUpError, match="no 'Password:' within 60 s"):
            await dial(line)
        assert line.now == 1.0 + 89.5 + 59.5 + 60.0
        assert line.received == "ATDT5551234\rp\ralice\r"


@in_virtual_time
async def test_a_dialler_without_limits_is_proven_to_hang_and_told_where() -> None:
    async with memory_line("hang") as line:
        hang = await proven_hang(naive_dial(line))
        gc.collect()  # the client that waits refers to itself only
        assert line.is_open
        assert hang.at == line.now
        (task,) = hang.tasks
        assert task.calls[:2] == ("naive_dial", "dial")
        assert task.file.endswith("asyncio_dialler.py")
        assert hang.situation == ("memory:hang is open; the ISP is silent forever",)


@in_virtual_time
async def test_the_second_call_of_kb_175410_logs_in_when_the_first_was_given_up() -> None:
    async with memory_line("kb175410") as line:
        with pytest.raises(GaveUpError):
            await dial(line)
        assert line.released_at == 61.0
        await asyncio.sleep(3600.0 - 61.0)
        await dial(line)
        await line.assert_released(within=1.0)
        assert line.calls == 2
        assert 3600.0 < line.now < 3660.0


@in_virtual_time
async def test_a_port_that_is_open_is_refused_to_the_next_call_as_error_633_was() -> None:
    async with memory_line("hang") as line:
        await proven_hang(naive_dial(line))
        with pytest.raises(EndpointError, match="the port is open already: memory:hang"):
            await dial(line)


def test_the_same_dialogue_gives_the_same_transcript() -> None:
    async def transcript() -> str:
        async with memory_line("kb175410") as line:
            with pytest.raises(GaveUpError):
                await dial(line)
            return line.records.digest()

    assert len({run_in_virtual_time(transcript()) for _ in range(10)}) == 1


@in_virtual_time
async def test_dcd_is_on_when_connect_is_read_and_off_when_no_carrier_is() -> None:
    async with memory_line("hang-up-in-login") as line:
        reader, writer = line.open()
        port = writer.transport.serial  # type: ignore[attr-defined]
        assert not port.cd
        assert port.dsr
        assert port.cts
        writer.write(b"ATDT5551234\r")
        await reader.readuntil(b"CONNECT")
        assert port.cd
        writer.write(b"p\ralice\r")
        await reader.readuntil(b"NO CARRIER")
        assert not port.cd
        writer.close()


@in_virtual_time
async def test_dtr_hangs_up_and_the_port_stays_open() -> None:
    async with memory_line("hang", judged=False) as line:
        reader, writer = line.open()
        writer.write(b"ATDT5551234\r")
        await line.wait_for("Service?")
        port = writer.get_extra_info("serial")
        port.dtr = False
        await reader.readuntil(b"NO CARRIER")
        assert line.now < 5.0
        assert not line.circuit(Circuit.DCD)
        assert line.is_open
        assert [details_of(record.fact) for record in line.transcript if record.fact.kind == "call ended"] == [
            {"call": 1, "by": "client"}
        ]
        port.dtr = True
        writer.write(b"AT\r")
        await reader.readuntil(b"OK")
        writer.close()


@in_virtual_time
async def test_with_d0_a_fallen_dtr_leaves_the_call_up() -> None:
    async with memory_line("hang", judged=False) as line:
        reader, writer = line.open()
        writer.write(b"AT&D0\r")
        await reader.readuntil(b"OK")
        writer.write(b"ATDT5551234\r")
        await line.wait_for("Service?")
        writer.get_extra_info("serial").dtr = False
        await asyncio.sleep(10.0)
        assert line.circuit(Circuit.DCD)
        writer.close()


class Collector(asyncio.Protocol):
    def __init__(self) -> None:
        self.data = b""
        self.lost: list[Exception | None] = []
        self.paused = 0
        self.resumed = 0
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, error: Exception | None) -> None:
        self.lost.append(error)

    def pause_writing(self) -> None:
        self.paused += 1

    def resume_writing(self) -> None:
        self.resumed += 1


@in_virtual_time
async def test_a_protocol_gets_its_port_in_the_shape_of_pyserial_asyncio() -> None:
    async with memory_line("login", judged=False) as line:
        transport, protocol = await line.create_connection(Collector)
        transport.write(b"ATI\r")
        await line.wait_for("OK")
        await asyncio.sleep(0)
        assert protocol.transport is transport
        assert protocol.data.endswith(b"OK\r\n")
        transport.close()
        await line.assert_released(allow_unopened=True)
        assert protocol.lost == [None]
        transport.write(b"into the void")
        assert line.received == "ATI\r"


def test_the_transport_has_what_pyserial_asyncio_s_has() -> None:
    from simisp.endpoints.memory_transport import MemorySerial, MemoryTransport

    theirs = {name for name in vars(serial_asyncio.SerialTransport) if not name.startswith("_")}
    assert theirs - {*dir(MemoryTransport), "serial"} == set()
    assert {"cd", "cts", "dsr", "ri", "dtr", "rts", "is_open", "in_waiting", "name"} <= set(dir(MemorySerial))


@in_virtual_time
async def test_leaving_the_line_takes_the_port_from_its_client() -> None:
    async with memory_line("hang", judged=False) as line:
        reader, writer = line.open()
        _, protocol = reader, writer
        waiting = asyncio.ensure_future(reader.read())
        await asyncio.sleep(1.0)
    assert await waiting == b""
    assert protocol.is_closing()


@in_virtual_time
async def test_a_client_that_does_not_read_stops_the_line_and_loses_nothing() -> None:
    flood = "title: A flood\nmodem: {profile: none}\nisp: {dialogue: [" + ", ".join(
        f"send: {'x' * 1000}{number:03d}" for number in range(60)
    ) + "]}\n"  # fmt: skip
    async with memory_line(flood) as line:
        transport, protocol = await line.create_connection(Collector)
        transport.pause_reading()
        await asyncio.sleep(100.0)
        held = len(protocol.data)
        assert held < 60_000
        transport.resume_reading()
        await asyncio.sleep(100.0)
        assert protocol.data.decode() == "".join("x" * 1000 + f"{number:03d}" for number in range(60))


@in_virtual_time
async def test_a_flood_from_the_client_pauses_its_protocol_and_arrives_whole() -> None:
    async with memory_line(SILENT) as line:
        transport, protocol = await line.create_connection(Collector)
        data = bytes(range(256)) * 1000
        transport.write(data)
        assert transport.get_write_buffer_size() > 0
        assert protocol.paused == 1
        transport.close()
        await line.assert_released()
        assert protocol.resumed == 1
        assert line.received.encode("latin-1") == data


@in_virtual_time
async def test_a_write_buffer_has_limits_that_make_sense() -> None:
    async with memory_line(SILENT) as line:
        transport, _ = await line.create_connection(Collector)
        transport.set_write_buffer_limits(high=100)
        assert transport.get_write_buffer_limits() == (25, 100)
        transport.set_write_buffer_limits(low=10)
        assert transport.get_write_buffer_limits() == (10, 40)
        transport.write(bytes(10_000))
        transport.flush()
        assert transport.get_write_buffer_size() == 0
        with pytest.raises(ValueError, match="low-water mark"):
            transport.set_write_buffer_limits(high=1, low=2)
        transport.abort()
        await line.assert_released()


@in_virtual_time
async def test_text_that_does_not_come_fails_with_what_came() -> None:
    async with memory_line("login", judged=False) as line:
        _, writer = line.open()
        writer.write(b"AT\r")
        with pytest.raises(AssertionError, match=r"(?s)'CONNECT' did not come within 5 s.*OK"):
            await line.wait_for("CONNECT", within=5.0)
        with pytest.raises(AssertionError, match="not released within 5 s; memory:login is open"):
            await line.assert_released(within=5.0)
        assert line.now == 10.0
        writer.close()


def test_in_a_real_event_loop_the_line_has_real_time() -> None:
    async def main() -> None:
        async with memory_line("login", judged=False) as line:
            reader, writer = line.open()
            writer.write(b"ATI\r")
            assert b"OK" in await reader.readuntil(b"OK")
            assert 0.0 <= line.now < 60.0
            writer.close()
            await line.assert_released(within=5.0, allow_unopened=True)

    asyncio.run(main())


async def test_a_line_that_is_not_open_says_so() -> None:
    line = memory_line("login")
    assert isinstance(line, MemoryLine)
    with pytest.raises(ValueError, match="async with"):
        line.open()


@in_virtual_time
async def test_no_failure_shows_a_password_however_it_was_typed() -> None:
    scenario = """
title: A log-in
isp:
  accounts: {alice: wonderland}
  dialogue:
    - authenticate: {user: "Username:", password: "Password:", attempts: 3}
    - silence
"""
    async with memory_line(scenario, judged=False) as line:
        _, writer = line.open()
        writer.write(b"ATDT5551234\r")
        await line.wait_for("CONNECT")
        for word in (b"alice\r", b"wonder", b"land\r", b"wonderland\r"):
            await asyncio.sleep(1.0)
            writer.write(word)
        with pytest.raises(AssertionError) as of_waiting:
            await line.wait_for("wonderland", within=5.0)
        with pytest.raises(AssertionError) as of_release:
            await line.assert_released(within=1.0)
        writer.close()
    for failure in (of_waiting, of_release):
        assert "wonder" not in str(failure.value)
        assert "alice" in str(failure.value)
        assert "******" in str(failure.value)


@in_virtual_time
async def test_an_isp_that_sends_without_end_fills_no_memory_while_nobody_reads() -> None:
    scenario = f"""
title: Much to say
modem: {{profile: none}}
isp:
  dialogue:
    - repeat:
        times: 100
        steps:
          - send: "{"x" * 49_998}\\n"
    - send: "the end"
    - silence
"""
    async with memory_line(scenario, judged=False) as line:
        port = line.open_port()
        await asyncio.sleep(600.0)
        assert len(line.text) < 4 * 64 * 1024
        came = b""
        while not came.endswith(b"the end"):
            came += port.read()
            await asyncio.sleep(0.001)
        assert came == (b"x" * 49_998 + b"\r\n") * 100 + b"the end"
        port.close()


@in_virtual_time
async def test_lines_typed_at_once_are_answered_when_the_client_reads_each_in_its_turn() -> None:
    scenario = f"""
title: A long answer to a short line
modem: {{profile: none}}
isp:
  dialogue:
    - label: top
    - prompt: "?"
      read: word
    - send: "{"x" * 20_000}{{word}}\\n"
    - go to: top
"""
    async with memory_line(scenario, judged=False) as line:
        port = line.open_port()
        typed = "".join(f"{number}\r" for number in range(200))
        assert port.write(typed.encode()) == len(typed)
        await asyncio.sleep(600.0)
        assert len(line.text) < 4 * 64 * 1024
        came = b""
        for _ in range(2000):
            came += port.read()
            await asyncio.sleep(0.001)
        answers = [word.strip("x") for word in came.decode().split("\r\n") if word.startswith("x")]
        assert answers == [str(number) for number in range(200)]
        assert line.received == typed
        port.close()


@in_virtual_time
async def test_a_fault_comes_when_the_test_says_so_or_when_it_says_itself() -> None:
    async with memory_line("hang", judged=False) as line:
        _, writer = line.open()
        writer.write(b"ATDT5551234\r")
        assert await line.expect("Service?")
        await line.inject({"fault": "drop carrier", "after": {"text": "Username:"}})
        writer.write(b"p\r")
        assert await line.expect("NO CARRIER", within=5)
        writer.write(b"ATDT5551234\r")
        assert await line.expect("Service?")
        await line.inject("drop carrier")
        assert await line.expect("NO CARRIER", within=0.5)
        writer.close()


@in_virtual_time
async def test_faults_are_there_from_the_beginning_and_a_wrong_one_is_refused() -> None:
    async with memory_line({"title": "x", "isp": {"dialogue": ["silence"]}}, faults=["silence"], judged=False) as line:
        _, writer = line.open()
        writer.write(b"ATDT5551234\r")
        assert not await line.expect("CONNECTED", within=60, soft=True)
        with pytest.raises(ScenarioError, match="silence"):
            await line.inject("silense")
        assert line.now == 60.0
        with pytest.raises(WrongClientError, match="'CONNECTED' did not come within 60 s"):
            line.check()
        writer.close()
    with pytest.raises(ScenarioError, match="needs by"):
        memory_line("hang", faults=["delay"])


@in_virtual_time
@pytest.mark.parametrize("judged", [True, False])
async def test_soft_expectations_are_reported_together_at_the_end(judged: bool) -> None:
    with pytest.raises(WrongClientError) as failure:  # noqa: PT012 - the end of the line is meant
        async with memory_line("login", judged=judged) as line:
            await dial(line)
            assert not await line.expect("never", within=2, soft=True)
            assert not await line.expect("nor wonderland", within=3, soft=True)
    assert "'never' did not come within 2 s; " in str(failure.value)
    assert "wonderland" not in str(failure.value)


@in_virtual_time
async def test_what_was_expected_of_a_client_that_never_came_is_another_failure() -> None:
    async with memory_line("hang", judged=False) as line:
        with pytest.raises(ScenarioUnreachedError, match="nothing was tested: the port was never opened"):
            await line.expect("Service?", within=1)
        _, writer = line.open()
        writer.write(b"ATDT5551234\r")
        assert await line.expect("Service?")
        with pytest.raises(WrongClientError, match="'Username:' did not come within 1 s; the last that happened"):
            await line.expect("Username:", within=1)
        writer.close()
    with pytest.raises(ValueError, match="not open"):
        await memory_line("hang").inject("silence")
