"""The real pppd, unmodified, on a kernel without PPP: a preload library is the kernel's PPP for it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simisp.facts.fact import Fact
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import loads
from simisp.transcript import Record
from support.private_namespace import in_private_namespace, needs_private_namespace
from support.shared_folder import SHARED_FOLDER, made_once
from support.shared_library import needs_library

__all__ = ["PppdRun", "pppd_command", "pppd_that_answers", "run_pppd"]

_FOLDER = Path(__file__).parents[1] / "pppd"
_SOURCE = _FOLDER / "user_space_ppp.c"
_IN_NAMESPACE = _FOLDER / "in_namespace.sh"
_CHAT = r"""
ABORT BUSY
ABORT 'NO CARRIER'
ABORT ERROR
TIMEOUT 60
'' ATZ
OK ATDT5551234
CONNECT \c
"""
_IP_UP = """\
#!/bin/sh
echo "$4 $5 $DNS1 $DNS2" >>/etc/ppp/ups
[ "$(wc -l </etc/ppp/ups)" -lt {ups} ] || kill -INT $PPID
"""
_USUAL = (
    "nodetach",
    "debug",
    "noauth",
    "noipdefault",
    "ipcp-accept-local",
    "ipcp-accept-remote",
    "noipv6",
    "nocrtscts",
)
_NEVER = 1000


@dataclass(frozen=True, slots=True)
class PppdRun:
    """What a run of pppd came to.

    Attributes:
        verdict: The verdict.
        log: What pppd wrote.
        ups: Each time that the link came up: local and remote address, and the DNS servers.
        records: What happened, in order.
    """

    verdict: Verdict
    log: str
    ups: tuple[tuple[str, ...], ...]
    records: tuple[Record, ...]

    @property
    def status(self) -> int | None:
        """pppd's exit status."""
        return None if self.verdict.client is None else self.verdict.client.exit_status

    def facts(self, kind: type[Fact]) -> list[Fact]:
        """Return the facts of a kind, in order."""
        return [record.fact for record in self.records if isinstance(record.fact, kind)]


def pppd_command(scratch: Path, options: Sequence[str], *, ups: int = 1, chat: str = _CHAT) -> list[str]:
    """Return the command that runs pppd on ``{port}``, as alice with the password wonderland.

    Args:
        scratch: A folder for its files; ``pppd.log`` is its log.
        options: Its options, beyond the usual ones.
        ups: How often the link has to come up before pppd is ended by SIGINT; 0 for never.
        chat: The script by which chat dials.
    """
    folder = scratch / "etc-ppp"
    folder.mkdir()
    (folder / "chap-secrets").write_text("isp * open-sesame *\n")  # for a pppd that wants to be shown who answers
    (folder / "dial.chat").write_text(chat)
    ip_up = folder / "ip-up"
    ip_up.write_text(_IP_UP.format(ups=ups or _NEVER))
    ip_up.chmod(0o755)
    told = [*_USUAL, "connect", "chat -f /etc/ppp/dial.chat", "user", "alice", "password", "wonderland"]
    return _pppd(scratch, ["{port}", "115200", *told, *options])


def pppd_that_answers(scratch: Path, options: Sequence[str]) -> list[str]:
    """Return the command that runs pppd as an ISP on the terminal that it has: alice's password is wonderland.

    Args:
        scratch: A folder for its files; ``pppd.log`` is its log.
        options: Its options, beyond the usual ones.
    """
    folder = scratch / "etc-ppp"
    folder.mkdir()
    for name in ("pap-secrets", "chap-secrets"):
        (folder / name).write_text("alice * wonderland *\n")
    usual = ["nodetach", "debug", "local", "name", "isp", "noipv6", "nocrtscts", "10.0.0.1:10.0.0.2"]
    return _pppd(scratch, [*usual, "ms-dns", "10.0.0.53", *options])


def _pppd(scratch: Path, arguments: Sequence[str]) -> list[str]:
    """Return the command that runs pppd in a namespace of its own, with the folder ``etc-ppp`` as its /etc/ppp."""
    needs_private_namespace()
    folder = scratch / "etc-ppp"
    (folder / "options").touch()
    locks = scratch / "locks"
    locks.mkdir()
    program = shutil.which("pppd", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program is not None
    logged = ["logfile", str(scratch / "pppd.log")]
    command = [str(_IN_NAMESPACE), str(folder), str(_compiled(scratch)), program, *arguments, *logged]
    return in_private_namespace(command, locks=locks, scratch=scratch)


def run_pppd(
    scenario: str,
    scratch: Path,
    options: Sequence[str] = (),
    *,
    ups: int = 1,
    clock: str = "virtual",
    chat: str = _CHAT,
    deadline: float = 600.0,
) -> PppdRun:
    """Run pppd against a scenario.

    Args:
        scenario: The scenario's text.
        scratch: A folder for pppd's files.
        options: pppd's options, beyond the usual ones.
        ups: How often the link has to come up before pppd is ended by SIGINT; 0 for never.
        clock: ``virtual`` or ``real``.
        chat: The script by which chat dials.
        deadline: When the run is over at the latest, in seconds of its time.
    """
    if clock != "real":
        needs_library()
    command = pppd_command(scratch, options, ups=ups, chat=chat)

    async def run() -> tuple[Verdict, tuple[Record, ...]]:
        with Station(loads(scenario), clock=choose_clock(clock, command, circuits=clock == "real")) as station:
            verdict = await run_client(station, command, RunOptions(deadline=deadline))
            return verdict, tuple(station.transcript)

    verdict, records = asyncio.run(run())
    log, ups_file = scratch / "pppd.log", scratch / "etc-ppp" / "ups"
    lines = ups_file.read_text().splitlines() if ups_file.exists() else []
    return PppdRun(
        verdict, log.read_text() if log.exists() else "", tuple(tuple(line.split()) for line in lines), records
    )


def _compiled(scratch: Path) -> Path:
    """Return the library; within a test run it is compiled once."""
    shared = os.environ.get(SHARED_FOLDER)
    if not shared:
        return _compile(scratch / "user_space_ppp.so")
    version = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    path = Path(shared, f"user_space_ppp-{version}.so")
    with made_once(path) as is_wanted:
        return _compile(path) if is_wanted else path


def _compile(path: Path) -> Path:
    new = path.with_suffix(".new")
    command = ["cc", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", str(new), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    new.rename(path)
    return path
