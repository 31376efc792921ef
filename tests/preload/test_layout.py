"""The clock page is one layout, told twice: in C and in Python."""

from __future__ import annotations

import ctypes
import re
import subprocess
from pathlib import Path

import simisp.preload
from simisp.shared_time import clock_page
from simisp.shared_time.clock_page import Call, ClockMode, LineLayout, PageLayout, SlotLayout

SOURCES = Path(simisp.preload.__file__).parent


def _offsets(structure: type[ctypes.Structure], name: str) -> list[str]:
    return [f"{name}.{field[0]} {getattr(structure, field[0]).offset}" for field in structure._fields_]


def test_c_and_python_have_every_field_at_the_same_place(tmp_path: Path) -> None:
    expected = [*_offsets(PageLayout, "clock_page"), *_offsets(SlotLayout, "slot"), *_offsets(LineLayout, "line")]
    rows = "".join(
        f'printf("{name} %zu\\n", __builtin_offsetof(struct {name.split(".")[0]}, {name.split(".")[1]}));\n'
        for name in (line.split()[0] for line in expected)
    )
    sizes = 'printf("%zu %zu\\n", sizeof(struct clock_page), sizeof(struct slot));'
    program = tmp_path / "layout.c"
    program.write_text(f'#include <stdio.h>\n#include "page.h"\nint main(void) {{ {rows} {sizes} return 0; }}\n')
    subprocess.run(["cc", "-I", str(SOURCES), "-o", str(tmp_path / "layout"), str(program)], check=True)
    said = subprocess.run([tmp_path / "layout"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == [*expected, f"{ctypes.sizeof(PageLayout)} {ctypes.sizeof(SlotLayout)}"]


def test_no_field_of_the_c_structures_is_missing_in_python() -> None:
    header = (SOURCES / "page.h").read_text()
    for structure, name in ((SlotLayout, "slot"), (LineLayout, "line"), (PageLayout, "clock_page")):
        body = re.search(rf"struct {name} {{(.*?)\n}};", header, re.DOTALL)
        assert body
        text = re.sub(r"/\*.*?\*/", "", body[1], flags=re.DOTALL)
        declared = [
            variable.strip().split("[")[0]
            for statement in text.split(";")
            if statement.strip()
            for variable in re.sub(r"^\s*(struct )?\w+ ", "", statement.strip()).split(",")
        ]
        assert declared == [field[0] for field in structure._fields_]


def test_the_enumerations_agree() -> None:
    header = (SOURCES / "page.h").read_text()
    calls = re.findall(r"\bCALL_(\w+)", re.search(r"enum call {(.*?)};", header, re.DOTALL)[1])  # type: ignore[index]
    assert calls == [call.name for call in Call]
    modes = re.findall(r"\bMODE_(\w+) = (\d)", header)
    assert [(name, int(value)) for name, value in modes] == [(mode.name, mode.value) for mode in ClockMode]
    assert f"CLOCK_PAGE_MAGIC {clock_page.MAGIC:#x}u" in header
    assert f"CLOCK_PAGE_VERSION {clock_page.VERSION}u" in header
    assert f"SLOT_COUNT {clock_page.SLOT_COUNT}" in header
    assert f"LINE_COUNT {clock_page.LINE_COUNT}" in header
