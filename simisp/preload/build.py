"""Builds the preload library, at first use or for a wheel, or finds the one in the wheel."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import subprocess
from functools import cache
from pathlib import Path

from simisp.errors import PreloadUnavailableError, reason_of
from simisp.preload.elf import MACHINES
from simisp.preload.packaged import packaged_name, why_unfit

__all__ = ["COMPILERS", "FLAGS", "build_into", "build_packaged", "library", "sources"]

COMPILERS = ("cc", "gcc", "clang")
"""The compilers tried, in this order, unless ``CC`` names one."""

FLAGS = (
    "-std=gnu11",
    "-D_GNU_SOURCE",
    "-O2",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-builtin",
    "-Wall",
    "-Wextra",
    "-shared",
)
_LIBRARIES = ("-ldl", "-lpthread")
_HERE = Path(__file__).parent


def sources(directory: Path = _HERE) -> list[Path]:
    """Return the library's C sources in a fixed order, except the checks, which are separate programs."""
    return sorted(directory.glob("*.c"))


@cache
def library() -> Path:
    """Return the path of the preload library; build it at first use.

    A library from the wheel comes first, if the dynamic linker can load it. Otherwise the sources are compiled into
    ``simisp`` in the user's cache directory (``XDG_CACHE_HOME``), under a name that depends on sources, compiler and
    machine. Two processes may do this at the same time.

    Raises:
        PreloadUnavailableError: There is no compiler, or it failed, or the sources do not support the machine.
    """
    packaged = _HERE / packaged_name(_known_machine())
    against = why_unfit(packaged) or _why_uncarried(packaged)
    if not against:
        return packaged
    compiler = _compiler(against)
    target = _cache_directory() / f"clock-{_fingerprint(compiler)}.so"
    if uncarried := _why_uncarried(target):
        raise PreloadUnavailableError(f"{uncarried}; set XDG_CACHE_HOME")
    if not _is_ours(target):
        build_into(target, compiler=compiler)
    return target


def _known_machine() -> str:
    machine, system = platform.machine(), platform.system()
    if system != "Linux" or machine not in MACHINES:
        known = f"Linux on {' and '.join(MACHINES)}"
        raise PreloadUnavailableError(f"the shared clock knows {known}, not {system} on {machine}")
    return machine


def _why_uncarried(path: Path) -> str:
    """Return why LD_PRELOAD cannot hold a path; empty if it can: ld.so(8) takes spaces and colons for separators."""
    separated = any(character in ": \t\n" for character in str(path))
    return f"LD_PRELOAD can't carry a path with a space or a colon: {path}" if separated else ""


def build_packaged(directory: Path) -> Path:
    """Compile the library into ``directory`` under the name of the library in a wheel; return its path.

    Raises:
        PreloadUnavailableError: As for :func:`library`, or the compiler makes libraries for another system than this.
    """
    target = directory / packaged_name(_known_machine())
    compiler = _compiler()
    build_into(target, compiler=compiler)
    if why_unfit(target):
        raise PreloadUnavailableError(f"what {compiler} makes is not for this system")
    return target


def build_into(target: Path, *, compiler: str | None = None) -> None:
    """Compile the library to ``target``, which appears complete or not at all.

    Raises:
        PreloadUnavailableError: There is no compiler, or it failed; the message has its first line of output.
    """
    import tempfile  # as a rule the library is there

    compiler = compiler or _compiler()
    descriptor, name = tempfile.mkstemp(prefix=".building-", suffix=".so", dir=target.parent)
    os.close(descriptor)
    unfinished = Path(name)
    try:
        command = [compiler, *FLAGS, "-o", name, *map(str, sources()), *_LIBRARIES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own sources
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            said = next((line for line in lines if "error" in line), lines[0])[:200]
            raise PreloadUnavailableError(f"{compiler} can't build the clock library: {said}")
        unfinished.chmod(0o755)
        unfinished.replace(target)
    except OSError as error:
        raise PreloadUnavailableError(f"can't build the clock library: {reason_of(error)}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _compiler(besides: str = "") -> str:
    """Return the compiler's path. Where there is none, the reason goes on with what was against a library besides."""
    import shutil  # most runs look for no compiler

    named = os.environ.get("CC")
    for candidate in (named,) if named else COMPILERS:
        found = shutil.which(candidate)
        if found:
            return found
    reason = f"no C compiler found ({named or ', '.join(COMPILERS)})"
    raise PreloadUnavailableError(f"{reason}, and {besides}" if besides else reason)


def _cache_directory() -> Path:
    """Return our directory in the user's cache, private to the user: the library in it runs inside other programs."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    directory = (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "simisp"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except OSError as error:
        raise PreloadUnavailableError(f"no place for the clock library: {reason_of(error)}") from error
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PreloadUnavailableError(f"others may write to {directory}; make it yours alone (chmod 700)")
    return directory


def _is_ours(path: Path) -> bool:
    """Return whether a library exists that only this user can have written."""
    try:
        status = path.lstat()
    except OSError:
        return False
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not writable


def _fingerprint(compiler: str) -> str:
    """Return a short hash of what the library depends on: sources, flags, compiler and its target."""
    digest = hashlib.sha256()
    for path in sorted([*sources(), *_HERE.glob("*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    about = subprocess.run([compiler, "-v"], capture_output=True, check=False)  # noqa: S603
    digest.update(repr(FLAGS).encode() + compiler.encode() + about.stdout + about.stderr)
    return f"{platform.machine()}-{digest.hexdigest()[:16]}"
