"""Which programs can share the clock, told from their files."""

from __future__ import annotations

import os
import platform
import shutil
import struct
import sys
from pathlib import Path

import pytest

from simisp.preload.elf import MACHINES, linker_of
from simisp.shared_time import preloadable
from simisp.shared_time.preloadable import carriage

MACHINE = MACHINES[platform.machine()]
LINKER = linker_of(Path(sys.executable).read_bytes()[:65536])


def elf(path: Path, *, machine: int = MACHINE, bits: int = 2, linker: str | None = LINKER, section: str = "") -> str:
    """A program's head: ELF header, one program header, the linker's name; and a table of section names if wanted."""
    name = b"" if linker is None else linker.encode() + b"\0"
    ident = b"\x7fELF" + bytes([bits, 1, 1]) + bytes(9)
    names = b"\0" + section.encode() + b"\0.shstrtab\0" if section else b""
    end = 120 + len(name) + len(names)
    rest = struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, end, 0, 64, 56, 1, 64, len(names) and 1, 0)
    section_header = struct.pack("<IIQQQQIIQQ", 1, 3, 0, 0, end - len(names), len(names), 0, 0, 1, 0)
    program_header = struct.pack("<IIQQQQQQ", 3 if name else 1, 0, 120, 0, 0, len(name), len(name), 1)
    path.write_bytes(ident + rest + program_header + name + names + (section_header if names else b""))
    path.chmod(0o755)
    return str(path)


def test_a_dynamic_program_shares_the_clock(tmp_path: Path) -> None:
    program = elf(tmp_path / "program")
    assert carriage(program) == preloadable.Carriage(program)
    assert carriage(sys.executable).shared


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"linker": None}, "linked statically"),
        ({"linker": "/lib/ld-other.so.1"}, "its dynamic linker is /lib/ld-other.so.1, that of another libc"),
        ({"machine": 3}, "not a 64-bit program for this machine"),
        ({"bits": 1}, "not a 64-bit program for this machine"),
        ({"section": ".go.buildinfo"}, "a Go program"),
    ],
)
def test_what_the_linker_can_not_reach_is_told_with_its_reason(
    change: dict[str, object], reason: str, tmp_path: Path
) -> None:
    judged = carriage(elf(tmp_path / "program", **change))  # type: ignore[arg-type]
    assert not judged.shared
    assert reason in judged.reason


@pytest.mark.parametrize(("mode", "attribute"), [(0o4755, "getuid"), (0o2755, "getgid")])
def test_a_program_that_changes_its_user_or_group_loads_no_library(
    mode: int, attribute: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = elf(tmp_path / "program")
    Path(program).chmod(mode)
    assert carriage(program).shared, "its owner may run it"
    monkeypatch.setattr(os, attribute, lambda: 54321)
    assert "LD_PRELOAD" in carriage(program).reason


def test_a_program_with_file_capabilities_loads_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = elf(tmp_path / "program")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"\1")
    assert "capabilities" in carriage(program).reason


def test_a_script_is_as_good_as_its_interpreter(tmp_path: Path) -> None:
    program = elf(tmp_path / "static", linker=None)
    for first_line in (
        f"#!{program} -x",
        f"#! {program}",
        f"#!/usr/bin/env {program}",
        f"#!/usr/bin/env -i A=1 {program}",
    ):
        script = tmp_path / "script"
        script.write_text(f"{first_line}\nhello\n")
        script.chmod(0o755)
        judged = carriage(str(script))
        assert (judged.program, judged.shared) == (program, False)


def test_sections_that_are_not_go_s_are_no_reason(tmp_path: Path) -> None:
    assert carriage(elf(tmp_path / "program", section=".text")).shared


@pytest.mark.parametrize("end", [60, 100, 150, 200])
def test_a_file_that_was_cut_off_is_judged_by_what_is_left(end: int, tmp_path: Path) -> None:
    program = Path(elf(tmp_path / "program", section=".go.buildinfo"))
    program.write_bytes(program.read_bytes()[:end])
    assert carriage(str(program)).program


@pytest.mark.parametrize("field", [40, -40, -32])
def test_a_table_that_is_said_to_lie_beyond_all_files_is_none(field: int, tmp_path: Path) -> None:
    program = Path(elf(tmp_path / "program", section=".go.buildinfo"))
    octets = bytearray(program.read_bytes())
    octets[field : field + 8 or None] = b"\xff" * 8
    program.write_bytes(octets)
    assert carriage(str(program)).program


def test_a_file_without_a_first_line_is_the_shells(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("sleep 5\n")
    script.chmod(0o755)
    assert carriage(str(script)).program == "/bin/sh"


def test_a_name_is_searched_for(tmp_path: Path) -> None:
    program = elf(tmp_path / "dialler")
    assert carriage("dialler", path=str(tmp_path)) == preloadable.Carriage(program)
    assert carriage("dialler", path="/nowhere").reason == "there is no such program"


def test_scripts_that_run_each_other_come_to_an_end(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        script = tmp_path / name
        script.write_text(f"#!{tmp_path / other}\n")
        script.chmod(0o755)
    assert "script of a script" in carriage(str(tmp_path / "a")).reason


@pytest.mark.parametrize("content", [b"", b"\x7fELF", b"\x7fELF" + bytes(20), b"#!", b"#!\n", bytes(range(256))])
def test_no_file_is_too_odd_to_be_judged(content: bytes, tmp_path: Path) -> None:
    program = tmp_path / "odd"
    program.write_bytes(content)
    program.chmod(0o755)
    assert carriage(str(program)).program


@pytest.mark.runner("chat")
def test_the_real_chat_shares_the_clock() -> None:
    assert carriage("chat", path="/usr/sbin").shared


def test_a_static_program_of_the_system_does_not() -> None:
    if shutil.which("ldconfig", path="/sbin:/usr/sbin") is None:
        pytest.skip("no ldconfig here")
    assert "statically" in carriage("ldconfig", path="/sbin:/usr/sbin").reason
