"""Modem circuits on a plain PTY, lent by the page to a preloaded client."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from simisp.circuits import Circuit
from simisp.shared_time.clock_page import ClockMode
from support.virtual_line import FarEnd, VirtualLine


def said(line: VirtualLine, code: str) -> str:
    program = f"import serial\nport = serial.Serial({line.port!r})\n{code}"
    outcome = line.run([sys.executable, "-c", program], on_line=False)
    assert outcome.status == 0, outcome.output.decode()
    return outcome.output.decode().strip()


def test_without_a_page_a_pty_has_no_circuits() -> None:
    with VirtualLine() as line:
        program = f"import serial\ntry: serial.Serial({line.port!r}).cd\nexcept OSError as error: print(error.errno)"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout == "25\n"  # ENOTTY


@pytest.mark.parametrize("circuit", [Circuit.DCD, Circuit.CTS, Circuit.DSR, Circuit.RI])
def test_the_client_sees_each_circuit_of_the_dce(circuit: Circuit) -> None:
    with VirtualLine() as line:
        line.circuits.set_circuit(circuit, True)
        names = (Circuit.DCD, Circuit.CTS, Circuit.DSR, Circuit.RI)
        seen = said(line, "print(port.cd, port.cts, port.dsr, port.ri)")
        assert seen == " ".join(str(name is circuit) for name in names)


def test_the_client_drives_dtr_and_rts() -> None:
    with VirtualLine() as line:
        assert said(line, "port.dtr = False") == ""
        assert line.circuits.take_changes() == [(Circuit.DTR, False)]
        assert line.circuits.take_changes() == []
        line.circuits.renew()
        assert line.circuits.is_on(Circuit.DTR)


def test_the_client_can_not_drive_what_the_dce_drives() -> None:
    with VirtualLine() as line:
        setting = "import fcntl, struct, termios\nfcntl.ioctl(port, termios.TIOCMSET, struct.pack('I', 0xfff9))"
        assert said(line, setting) == ""
        assert line.circuits.take_changes() == [(Circuit.DTR, False), (Circuit.RTS, False)]
        assert not any(line.circuits.is_on(circuit) for circuit in Circuit)


def test_the_dce_can_not_drive_what_the_client_drives() -> None:
    with VirtualLine() as line, pytest.raises(ValueError, match="DTR is driven by the DTE"):
        line.circuits.set_circuit(Circuit.DTR, True)


BAD_POINTERS = """import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)
memory = mmap.mmap(-1, 2 * mmap.PAGESIZE)
start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
libc.mprotect(ctypes.c_void_p(start + mmap.PAGESIZE), mmap.PAGESIZE, 0)
for name, request in [("get", 0x5415), ("bis", 0x5416), ("bic", 0x5417), ("set", 0x5418), ("count", 0x545D)]:
    for place in (0, 8, start + mmap.PAGESIZE, start + mmap.PAGESIZE - 2):
        answer = libc.ioctl(port.fileno(), ctypes.c_ulong(request), ctypes.c_void_p(place))
        assert (answer, ctypes.get_errno()) == (-1, 14), (name, place)
last = ctypes.c_void_p(start + mmap.PAGESIZE - 4)
assert libc.ioctl(port.fileno(), ctypes.c_ulong(0x5415), last) == 0
assert libc.ioctl(port.fileno(), ctypes.c_ulong(0x5418), last) == 0
print("refused")
"""


def test_a_pointer_that_leads_nowhere_is_refused_as_by_a_real_port() -> None:
    with VirtualLine() as line:
        assert said(line, BAD_POINTERS) == "refused"
        assert line.circuits.take_changes() == []


def test_a_port_whose_speed_is_b0_shows_the_client_neither_dtr_nor_rts() -> None:
    code = """import fcntl, struct, termios
def shown(speed):
    settings = termios.tcgetattr(port.fileno())
    settings[4] = settings[5] = speed
    termios.tcsetattr(port.fileno(), termios.TCSANOW, settings)
    (bits,) = struct.unpack("I", fcntl.ioctl(port.fileno(), termios.TIOCMGET, bytes(4)))
    return bool(bits & termios.TIOCM_DTR), bool(bits & termios.TIOCM_RTS), bool(bits & termios.TIOCM_CAR)
print(shown(termios.B9600), shown(termios.B0), shown(termios.B9600))
"""
    with VirtualLine() as line:
        line.circuits.set_circuit(Circuit.DCD, True)
        assert said(line, code) == "(True, True, True) (False, False, True) (True, True, True)"


def test_only_the_line_has_circuits() -> None:
    with VirtualLine() as line, VirtualLine() as other:
        code = f"try: serial.Serial({other.port!r}).cd\nexcept OSError as error: print(error.errno)"
        assert said(line, code) == "25"


WAITING = """import fcntl, serial, termios
port = serial.Serial({port!r})
fcntl.ioctl(port, 0x545C, termios.TIOCM_CAR | termios.TIOCM_RNG)
print(port.cd)
"""


def test_a_client_waits_until_a_circuit_changes_in_real_time() -> None:
    with VirtualLine(mode=ClockMode.REAL) as line:
        child = line.start([sys.executable, "-c", WAITING.format(port=line.port)], on_line=False)
        while not any(slot.sequence & 1 for _, slot in line.page.slots()):
            line.page.listen(line.page.bell(), 0.01)
        line.circuits.set_circuit(Circuit.CTS, True)
        line.circuits.set_circuit(Circuit.DCD, True)
        output, _ = child.communicate(timeout=60)
        assert output == b"True\n"


def test_a_client_waits_until_a_circuit_changes_in_virtual_time() -> None:
    class Answering(FarEnd):
        """Sets a circuit instead of sending octets."""

        def take_due(self, *, now: float) -> bytes:
            names = super().take_due(now=now).decode()
            if names:
                line.circuits.set_circuit(Circuit[names], True)
            return b""

    with VirtualLine(Answering(opening=[(5.0, b"CTS"), (60.0, b"DCD")])) as line:
        outcome = line.run([sys.executable, "-c", WAITING.format(port=line.port)], on_line=False)
        assert (outcome.output, outcome.seconds) == (b"True\n", 60.0)


def test_changes_are_counted() -> None:
    counting = "import fcntl, struct\nprint(*struct.unpack('20i', fcntl.ioctl(port, 0x545D, bytes(80)))[:4])"
    with VirtualLine() as line:
        for circuit, times in ((Circuit.CTS, 1), (Circuit.DSR, 2), (Circuit.RI, 4), (Circuit.DCD, 6)):
            for change in range(times):
                line.circuits.set_circuit(circuit, change % 2 == 0)
        # Two rings: only the end of one is reported.
        assert said(line, counting) == "1 2 2 6"


def test_setting_a_circuit_to_what_it_is_counts_nothing() -> None:
    with VirtualLine() as line:
        line.circuits.set_circuit(Circuit.DCD, False)
        assert list(line.circuits.line.counters) == [0] * 12


def test_in_real_time_with_circuits_the_clock_is_the_systems() -> None:
    with VirtualLine(FarEnd(), mode=ClockMode.REAL) as line:
        before = time.time()
        assert float(said_in_real_time(line, "import time; print(time.time())")) >= before


def said_in_real_time(line: VirtualLine, code: str) -> str:
    child = line.start([sys.executable, "-c", code], on_line=False)
    return child.communicate(timeout=60)[0].decode()
