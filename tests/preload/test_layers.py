"""The clock library's files are built up in layers: none needs one that needs it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from simisp.preload.build import COMPILERS, sources

_DEFINES, _NEEDS = re.compile(r"^[0-9a-f]+ [TDBRVWC] (\S+)$", re.MULTILINE), re.compile(r"^ +U (\S+)$", re.MULTILINE)


def circle(needs: Mapping[str, set[str]]) -> list[str]:
    """The files of one circle, empty without any."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def symbols_of(folder: Path) -> dict[str, str]:
    """What nm tells of each source's object file, by the source's name."""
    return {
        found.stem: subprocess.run(["nm", found], check=True, capture_output=True, text=True).stdout
        for found in sorted(folder.glob("*.o"))
    }


def test_no_file_calls_into_one_that_calls_into_it(objects: Callable[[str], Path]) -> None:
    symbols = symbols_of(objects(COMPILERS[0]))
    assert set(symbols) == {source.stem for source in sources()}
    home = {name: file for file, text in symbols.items() for name in _DEFINES.findall(text)}
    needs = {
        file: {home[name] for name in _NEEDS.findall(text) if name in home} - {file} for file, text in symbols.items()
    }
    assert "participant" in needs["wait"]
    assert circle(needs) == []


def test_no_header_includes_one_that_includes_it() -> None:
    headers = sources()[0].parent.glob("*.h")
    needs = {header.name: set(re.findall(r'^#include "(.+)"', header.read_text(), re.MULTILINE)) for header in headers}
    assert needs["shared_page.h"] == {"page.h"}
    assert circle(needs) == []


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
