"""The real pppd on a real kernel: a guest in QEMU, whose second serial port is a port of ours."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

__all__ = ["Dialled", "dialled_in", "guest_command", "needs_guest"]

_BUILD = Path(__file__).parents[1] / "pppd" / "guest" / "build"
_UP = re.compile(r"GUEST up (?P<name>\S+) (?P<local>\S+) (?P<remote>\S+) (?P<first>\S+) (?P<second>\S+)")
_PING = re.compile(r"GUEST ping (?P<name>\S+) (?P<received>\d+)")
_OVER = re.compile(r"GUEST over (?P<name>\S+) (?P<status>\d+)")


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a call of the guest's pppd came to.

    Attributes:
        status: pppd's exit status.
        local: The address that it got; empty if the link never came up.
        dns: The DNS servers that it was told.
        pings: How many of three pings were answered.
    """

    status: int
    local: str = ""
    dns: tuple[str, ...] = ()
    pings: int = 0


@cache
def _built() -> tuple[Path | None, str]:
    """Build the guest, once for this user; return its folder, or why there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simisp-tests"
    folder = cache / "guest"
    cache.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["flock", str(cache / "guest.lock"), str(_BUILD), str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return None, f"the guest can't be built: {done.stderr.strip()[-300:]}"
    return folder, ""


def needs_guest() -> Path:
    """Return the folder of the guest; skip the test that calls this, with the reason, where there can be none.

    Under ``CI=true`` that is a failure.
    """
    folder, obstacle = _built()
    if folder is None:
        if os.environ.get("CI") == "true":
            pytest.fail(obstacle, pytrace=False)
        pytest.skip(obstacle)
    return folder


def guest_command(guest: Path, dials: Mapping[str, Iterable[str]], scratch: Path) -> list[str]:
    """Return the command that boots the guest, with ``{port}`` for its modem's port, and lets it dial.

    Args:
        guest: Its folder.
        dials: The calls, each with pppd's options beyond the usual ones; ``# stay`` keeps the link up until the far end
            ends it. They are made in the order of their names.
        scratch: A folder for the file system that tells the guest of them.
    """
    image = scratch / "initramfs.gz"
    files = {f"dials/{name}": "".join(f"{option}\n" for option in options) for name, options in dials.items()}
    image.write_bytes((guest / "initramfs.gz").read_bytes() + gzip.compress(_cpio(files)))
    program = shutil.which("qemu-system-x86_64")
    assert program is not None
    kernel = "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr audit=0 no_timer_check"
    return [
        program,
        *("-M", "microvm,isa-serial=on,pit=on,pic=on,rtc=on", "-accel", "tcg", "-m", "192", "-smp", "1"),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-chardev", "serial,path={port},id=modem", "-device", "isa-serial,index=1,chardev=modem"),
        *("-kernel", str(guest / "vmlinux"), "-initrd", str(image)),
        *("-append", f"{kernel} tsc_early_khz={_khz()}"),
    ]


def dialled_in(console: str) -> dict[str, Dialled]:
    """Return what each call came to, by its name, from what the guest has written on its console."""
    ups = {match["name"]: match for match in _UP.finditer(console)}
    pings = {match["name"]: int(match["received"]) for match in _PING.finditer(console)}
    found = {}
    for match in _OVER.finditer(console):
        name = match["name"]
        up = ups.get(name)
        local = "" if up is None else up["local"]
        servers = () if up is None else (up["first"], up["second"])
        dns = tuple(server for server in servers if server != "-")
        found[name] = Dialled(int(match["status"]), local, dns, pings.get(name, 0))
    return found


def _khz() -> int:
    """Return the speed of this processor: the guest can't always measure it without one."""
    found = re.search(r"^cpu MHz\s*: ([\d.]+)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return int(float(found[1]) * 1000) if found else 2_000_000


def _cpio(files: Mapping[str, str]) -> bytes:
    """Return an archive of the format newc with a folder ``dials`` and these files."""
    entries = [("dials", 0o040755, b"")] + [(name, 0o100644, text.encode()) for name, text in files.items()]
    archive = b"".join(_entry(number, *entry) for number, entry in enumerate(entries, 1))
    return archive + _entry(0, "TRAILER!!!", 0, b"")


def _entry(number: int, name: str, mode: int, data: bytes) -> bytes:
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
