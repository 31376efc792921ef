"""The real pppd on a real kernel: a guest in QEMU, whose second serial port is a port of ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.fetched import build_of_fetched

__all__ = ["Dialled", "dialled_in", "guest_command"]

_SKIPPED = "init_kprobe_trace,load_system_certificate_list,crypto_kdf108_init"
_KERNEL = (
    "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off nokaslr norandmaps audit=0 no_timer_check tsc=reliable "
    f"cryptomgr.notests rodata=off initcall_blacklist={_SKIPPED}"
)
"""Without tests of itself an emulated kernel starts in half the time. Its clock must not be compared with another one:
where the machine is busy it would be found wrong, and be replaced by a worse one."""
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


def guest_command(dials: Mapping[str, Iterable[str]], scratch: Path) -> list[str]:
    """Return the command that boots the guest, with ``{port}`` for its modem's port, and lets it dial.

    The test that calls this is skipped, with the reason, where there can be no guest.

    Args:
        dials: The calls, each with pppd's options beyond the usual ones; ``# stay`` keeps the link up until the far end
            ends it. They are made in the order of their names.
        scratch: A folder for the file system that tells the guest of them.
    """
    kernel, guest = build_of_fetched("kernel", "guest")
    image = scratch / "initramfs"
    files = {f"dials/{name}": "".join(f"{option}\n" for option in options) for name, options in dials.items()}
    image.write_bytes((guest / "initramfs").read_bytes() + _cpio(files))
    program = shutil.which("qemu-system-x86_64")
    assert program is not None
    return [
        program,
        *("-M", "microvm,isa-serial=on,pit=on,pic=on,rtc=on", "-accel", "tcg", "-m", "192", "-smp", "1"),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *("-chardev", "serial,path={port},id=modem", "-device", "isa-serial,index=1,chardev=modem"),
        *("-kernel", str(kernel / "vmlinux"), "-initrd", str(image)),
        *("-append", f"{_KERNEL} tsc_early_khz={_khz()}"),
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
