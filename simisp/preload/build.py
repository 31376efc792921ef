"""Builds the preload library at first use, or finds the one that was built with the package."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from simisp.errors import SimispError

__all__ = ["COMPILERS", "FLAGS", "PreloadUnavailable", "build_into", "library", "packaged_name", "sources"]

COMPILERS = ("cc", "gcc", "clang")
"""The compilers tried, in this order, unless ``CC`` names one."""

MACHINES = ("x86_64", "aarch64")
"""The machines whose system calls the sources know."""

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


class PreloadUnavailable(SimispError):  # noqa: N818 - it states a fact about this system, the run goes on without
    """There is no preload library here and none can be built. The message is one line and says why."""


def sources(directory: Path = _HERE) -> list[Path]:
    """Return the library's C sources in a fixed order, without the checks that are programs of their own."""
    return sorted(directory.glob("*.c"))


def packaged_name(machine: str | None = None) -> str:
    """Return the file name of a library that is built with the package, such as ``simisp_clock.x86_64.so``."""
    return f"simisp_clock.{machine or platform.machine()}.so"


@cache
def library() -> Path:
    """Return the path of the preload library, building it when this is its first use.

    A library beside the package comes first. Else the sources are compiled into ``simisp`` below the user's cache
    directory (``XDG_CACHE_HOME``), under a name that depends on sources, compiler and machine. Two processes may do
    this at the same time.

    Raises:
        PreloadUnavailable: There is no compiler, or it failed, or the machine is not one that the sources know.
    """
    machine, system = platform.machine(), platform.system()
    if system != "Linux" or machine not in MACHINES:
        known = f"Linux on {' and '.join(MACHINES)}"
        raise PreloadUnavailable(f"real time only: the shared clock knows {known}, not {system} on {machine}")
    packaged = _HERE / packaged_name(machine)
    if packaged.is_file():
        return _preloadable(packaged)
    compiler = _compiler()
    target = _preloadable(_cache_directory() / f"clock-{_fingerprint(compiler)}.so")
    if not _is_ours(target):
        build_into(target, compiler=compiler)
    return target


def _preloadable(path: Path) -> Path:
    """Return a path that LD_PRELOAD can carry: ld.so(8) takes spaces and colons for separators."""
    if any(character in ": \t\n" for character in str(path)):
        raise PreloadUnavailable(
            f"real time only: LD_PRELOAD can't carry a path with a space or a colon: {path}; set XDG_CACHE_HOME"
        )
    return path


def build_into(target: Path, *, compiler: str | None = None) -> None:
    """Compile the library to ``target``, which appears complete or not at all.

    Raises:
        PreloadUnavailable: There is no compiler, or it failed; the message has the first line that it said.
    """
    compiler = compiler or _compiler()
    descriptor, name = tempfile.mkstemp(prefix=".building-", suffix=".so", dir=target.parent)
    os.close(descriptor)
    unfinished = Path(name)
    try:
        command = [compiler, *FLAGS, "-o", name, *map(str, sources()), *_LIBRARIES]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own sources
        if done.returncode != 0:
            said = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip()[:200])
            raise PreloadUnavailable(f"real time only: {compiler} can't build the clock library: {said}")
        unfinished.chmod(0o755)
        unfinished.replace(target)
    except OSError as error:
        raise PreloadUnavailable(f"real time only: can't build the clock library: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _compiler() -> str:
    named = os.environ.get("CC")
    for candidate in (named,) if named else COMPILERS:
        found = shutil.which(candidate)
        if found:
            return found
    tried = named or ", ".join(COMPILERS)
    raise PreloadUnavailable(f"real time only: no C compiler found ({tried}), and the package brought no clock library")


def _cache_directory() -> Path:
    """Return our directory in the user's cache, nobody else's: what lies there runs inside other programs."""
    base = os.environ.get("XDG_CACHE_HOME") or ""
    directory = (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "simisp"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except OSError as error:
        raise PreloadUnavailable(f"real time only: no place for the clock library: {error}") from error
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PreloadUnavailable(f"real time only: others may write to {directory}; make it yours alone (chmod 700)")
    return directory


def _is_ours(path: Path) -> bool:
    """Whether a library is there that nobody but this user can have written."""
    try:
        status = path.lstat()
    except OSError:
        return False
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not writable


def _fingerprint(compiler: str) -> str:
    """Return what the library depends on as a short hash: sources, flags, compiler and what it compiles for."""
    digest = hashlib.sha256()
    for path in sorted([*sources(), *_HERE.glob("*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    about = subprocess.run([compiler, "-v"], capture_output=True, check=False)  # noqa: S603
    digest.update(repr(FLAGS).encode() + compiler.encode() + about.stdout + about.stderr)
    return f"{platform.machine()}-{digest.hexdigest()[:16]}"


def main() -> None:
    """Build the library beside the package, as the wheel's build does."""
    build_into(_HERE / packaged_name())


if __name__ == "__main__":
    main()
