"""The table of system calls, against the kernel's own headers where they are installed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from simisp.procfs.system_calls import WaitsOn, system_calls

HEADERS = {
    "x86_64": [Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm/unistd_64.h")],
    "aarch64": [Path("/usr/include/asm-generic/unistd.h")],
}


@pytest.mark.parametrize("machine", HEADERS)
def test_each_number_is_that_of_the_kernels_header(machine: str) -> None:
    header = next((path for path in HEADERS[machine] if path.exists()), None)
    if header is None:
        pytest.skip(f"the kernel's headers for {machine} are not installed (linux-libc-dev)")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    numbers = {name: int(number) for name, number in reversed(defined)}
    ours = {call.name: number for number, call in system_calls(machine).items()}
    assert ours == {name: numbers.get(name) for name in ours}


def test_both_machines_know_the_same_calls_but_for_those_that_one_lacks() -> None:
    names = {machine: {call.name for call in system_calls(machine).values()} for machine in HEADERS}
    assert names["aarch64"] < names["x86_64"]
    assert names["x86_64"] - names["aarch64"] == {"open", "pause", "vfork", "poll", "select", "epoll_wait"}


def test_this_machine_is_the_one_when_none_is_named() -> None:
    assert system_calls() == system_calls(os.uname().machine)


def test_a_machine_without_a_table_has_none() -> None:
    assert system_calls("vax") == {}


@pytest.mark.parametrize(
    ("name", "waits_on"),
    [
        ("read", WaitsOn.DESCRIPTOR),
        ("ppoll", WaitsOn.POLL),
        ("pselect6", WaitsOn.SELECT),
        ("epoll_pwait", WaitsOn.EPOLL),
        ("ioctl", WaitsOn.IOCTL),
        ("wait4", WaitsOn.NOTHING),
    ],
)
def test_each_call_tells_where_its_descriptors_are(name: str, waits_on: WaitsOn) -> None:
    for machine in HEADERS:
        assert [call.waits_on for call in system_calls(machine).values() if call.name == name] == [waits_on]
