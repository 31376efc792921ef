"""The library from the wheel: its name, and whether the dynamic linker here can load it.

A wheel tagged ``linux_x86_64`` does not say for which libc it was built, so pip installs it anywhere. A library for
another libc would end each client before its main(), so the file is examined before it is used.
"""

from __future__ import annotations

import os
import platform
import re
from math import inf
from pathlib import Path

from simisp.preload.elf import is_native

__all__ = ["packaged_name", "why_unfit"]

_SINCE: dict[str, tuple[float, ...]] = {"ABI_DT_RELR": (2, 36)}
"""The first glibc that has a symbol version without a number."""

_VERSION = re.compile(rb"GLIBC_([\w.]+)\0")


def packaged_name(machine: str | None = None) -> str:
    """Return the file name of a library that is built with the package.

    Example:
        >>> packaged_name("x86_64")
        'simisp_clock.x86_64.so'
    """
    return f"simisp_clock.{machine or platform.machine()}.so"


def why_unfit(path: Path) -> str:
    """Return why the dynamic linker cannot load the library at ``path`` into programs here; empty if it can.

    The file itself says what it needs: its header names the machine, and its dynamic string table names each version of
    glibc's symbols that it refers to. A file without any of these is for another libc.

    See Also:
        LSB core, 10.7 (symbol versioning).
    """
    try:
        library = path.read_bytes()
    except FileNotFoundError:
        return "the package brought no clock library"
    except OSError as error:
        return f"the package's clock library can't be read ({os.strerror(error.errno or 0)})"
    if not is_native(library):
        return "the package's clock library is not for this machine"
    return _against_libc({version.decode() for version in _VERSION.findall(library)}, _glibc())


def _against_libc(needed: set[str], here: tuple[float, ...]) -> str:
    if bool(needed) != bool(here):
        return "the package's clock library is for another libc"
    newest = max(needed, key=_number, default="")
    if needed and _number(newest) > here:
        return f"the package's clock library needs GLIBC_{newest}, and here is {'.'.join(map(str, here))}"
    return ""


def _number(version: str) -> tuple[float, ...]:
    """Return the glibc that introduced this version of its symbols; infinity for an unknown version."""
    if re.fullmatch(r"\d+(\.\d+)*", version):
        return tuple(map(int, version.split(".")))
    return _SINCE.get(version, (inf,))


def _glibc() -> tuple[float, ...]:
    """Return the version of the running glibc; empty if the libc is another."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (OSError, ValueError):  # musl does not support the query
        return ()
    return tuple(map(int, re.findall(r"\d+", version))) if name == "glibc" else ()
