"""Real programs reach the line over TCP, telnet, RFC 2217 and Unix sockets, and an emulator's serial port."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import serial

from simisp.endpoints.opening import address_of
from simisp.facts.port import BreakSeen, CallerNamed, PortSettings
from simisp.framing import Parity
from simisp.testing import Line
from support.listening import is_listened_on
from support.polling import until
from support.started_processes import Processes

CALL = """
title: one call
exchange: {answer_after: 0s}
isp:
  dialogue: [send: "hello", expect: "bye", hang up]
"""
old_thread_calls = pytest.mark.filterwarnings(r"ignore:set(Daemon|Name)\(\):DeprecationWarning")  # pyserial's
DIALS = b"AT\rATDT5551234\r"


def facts(line: Line, kind: type) -> list[object]:
    return [record.fact for record in line.transcript if isinstance(record.fact, kind)]


def kermit(commands: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["kermit", "-Y", "-H", "-C", ", ".join([*commands, "exit 0"])],
        capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


DIALOGUE = (
    r"output ATDT5551234\13", "input 20 hello", "if fail exit 3",
    r"output bye\13", "input 20 NO CARRIER", "if fail exit 4",
)  # fmt: skip


@pytest.mark.runner("kermit")
def test_c_kermit_calls_over_telnet() -> None:
    with Line(CALL, endpoint="telnet") as line:
        host, port = address_of(line.url)
        done = kermit([f"set host {host} {port} /telnet", "if fail exit 7", *DIALOGUE])
        assert done.returncode == 0, done.stdout
        assert facts(line, CallerNamed)
        line.assert_released()


@pytest.mark.runner("kermit")
def test_c_kermit_calls_over_rfc_2217_and_sets_the_speed() -> None:
    with Line(CALL, endpoint="rfc2217") as line:
        host, port = address_of(line.url)
        connect = f"set host {host} {port} /telnet"
        first = ["set carrier-watch off", "set telopt com-port-control requested", connect, "if fail exit 7"]
        done = kermit([*first, "set speed 1200", *DIALOGUE])
        assert done.returncode == 0, done.stdout
        assert any(isinstance(each, PortSettings) and each.speed == 1200 for each in facts(line, PortSettings))
        line.assert_released()


def patient(line: Line) -> str:
    """Return its URL for pyserial, which waits with that for an answer of RFC 2217 for a minute, not three seconds."""
    return f"{line.url}?timeout=60"


@old_thread_calls
def test_pyserial_over_rfc_2217_has_every_circuit_the_speed_and_the_break() -> None:
    with Line(CALL, endpoint="rfc2217") as line:
        with serial.serial_for_url(patient(line), baudrate=2400, bytesize=7, parity="E", timeout=60) as port:
            assert any(
                (each.speed, each.data_bits, each.parity) == (2400, 7, Parity.EVEN)
                for each in facts(line, PortSettings)
                if isinstance(each, PortSettings)
            )
            assert port.dsr
            assert port.cts
            assert not port.cd
            port.write(b"ATDT5551234\r")
            assert port.read_until(b"hello").endswith(b"hello")
            assert port.cd
            port.break_condition = True
            port.break_condition = False
            assert facts(line, BreakSeen)
            port.dtr = False
            assert b"NO CARRIER" in port.read_until(b"NO CARRIER")
            until(lambda: not port.cd)
        line.assert_released()


def test_serialx_over_rfc_2217_calls_and_hangs_up_by_dtr() -> None:
    serialx = pytest.importorskip("serialx")
    with Line(CALL, endpoint="rfc2217") as line:
        with serialx.serial_for_url(line.url, baudrate=19200, connect_timeout=60.0) as port:
            port.write(b"ATDT5551234\r")
            assert port.read_until(b"hello").endswith(b"hello")
            assert port.get_modem_pins().car
            port.set_modem_pins(dtr=False)
            port.read_until(b"NO CARRIER")
            assert any(isinstance(each, PortSettings) and each.speed == 19200 for each in facts(line, PortSettings))
        line.assert_released()


@old_thread_calls
def test_pyserial_over_rfc_2217_carries_every_octet_unharmed() -> None:
    with Line(CALL, endpoint="rfc2217", judged=False) as line, serial.serial_for_url(patient(line), timeout=60) as port:
        port.write(b"ATE0\r")
        port.read_until(b"OK\r\n")
        port.write(b"ATDT5551234\r")
        port.read_until(b"hello")
        every = bytes(each for each in range(256) if each != 0x0D) * 4
        port.write(every)
        until(lambda: line.received.encode("latin-1").endswith(every))


@pytest.mark.runner("telnet")
@pytest.mark.runner("nc")
@pytest.mark.runner("socat")
@pytest.mark.parametrize(
    ("endpoint", "command"),
    [
        ("telnet", ["telnet", "{host}", "{port}"]),
        ("tcp", ["nc", "{host}", "{port}"]),
        ("tcp", ["socat", "-", "TCP:{host}:{port}"]),
        ("unix", ["nc", "-U", "{path}"]),
        ("unix:@simisp-socat", ["socat", "-", "ABSTRACT-CONNECT:simisp-socat"]),
    ],
)
def test_a_program_that_carries_octets_calls(endpoint: str, command: list[str]) -> None:
    with Line(CALL, endpoint=endpoint) as line:
        host, port = address_of(line.url)
        argv = [word.format(host=host, port=port, path=line.url.removeprefix("unix:")) for word in command]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0) as process:
            assert process.stdin is not None
            process.stdin.write(b"ATDT5551234\r")
            process.stdin.flush()
            line.wait_for("hello")
            process.stdin.write(b"bye\r")
            process.stdin.flush()
            line.wait_for("NO CARRIER")
            process.kill()
        line.assert_released()


@pytest.mark.runner("ser2net")
def test_ser2net_as_the_client_of_our_rfc_2217_server_relays_a_call(tmp_path: Path, processes: Processes) -> None:
    with Line(CALL, endpoint="rfc2217") as line:
        host, port = address_of(line.url)
        (tmp_path / "ser2net.yaml").write_text(
            "connection: &modem\n"
            f"  accepter: unix,{tmp_path}/relay\n"
            f"  connector: telnet(rfc2217=true),tcp,{host},{port}\n"
        )
        processes.start(["ser2net", "-n", "-c", tmp_path / "ser2net.yaml"])
        until(lambda: is_listened_on(tmp_path / "relay"), what="ser2net's socket")
        with subprocess.Popen(
            ["nc", "-U", str(tmp_path / "relay")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        ) as client:
            assert client.stdin is not None
            client.stdin.write(b"ATDT5551234\r")
            client.stdin.flush()
            line.wait_for("hello")
            client.kill()
        line.assert_released()


BOOT = bytes.fromhex(
    "31c0 8ed8 be217c"  # ax and ds = 0; si = the message
    "ac 84c0 7412"  # next octet; at 0 jump to the end
    "88c4 bafd03 ec a820 74fb"  # until COM1's transmitter has room,
    "baf803 88e0 ee ebe9"  # send it
    "f4 ebfd"  # halt
)
"""A boot sector's code: it sends what follows it on the first serial port."""


def boot_sector(message: bytes) -> bytes:
    return (BOOT + message + b"\0").ljust(510, b"\0") + b"\x55\xaa"


def by_tcp(line: Line) -> list[str]:
    host, port = address_of(line.url)
    return ["-serial", f"tcp:{host}:{port}"]


def by_terminal(line: Line) -> list[str]:
    return ["-chardev", f"serial,id=modem,path={line.port}", "-serial", "chardev:modem"]


@pytest.mark.runner("qemu-system-i386")
@pytest.mark.parametrize(("endpoint", "serial_port"), [("tcp", by_tcp), ("pty", by_terminal)])
def test_a_machine_in_qemu_calls_by_its_serial_port(
    endpoint: str, serial_port: Callable[[Line], list[str]], tmp_path: Path, processes: Processes
) -> None:
    disk = tmp_path / "boot"
    disk.write_bytes(boot_sector(DIALS))
    with Line(CALL, endpoint=endpoint) as line:
        machine = ["qemu-system-i386", "-display", "none", "-monitor", "none", "-nic", "none", "-accel", "tcg"]
        processes.start([*machine, "-drive", f"file={disk},format=raw", *serial_port(line)])
        line.wait_for("hello", within=60.0)
        assert "ATDT5551234\r" in line.received
