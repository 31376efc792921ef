"""Every real script runner logs in on the port, each in its own way."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import bundled_folder, load
from simisp.testing import Line, play
from support.dialling_programs import wvdial
from support.log_in_scripts import uucp_files, wvdial_settings
from support.private_namespace import in_private_namespace, needs_private_namespace
from support.started_processes import Processes

KERMIT = r"""
set modem type none
set carrier-watch off
set line \%1
if fail exit 7
set speed 115200
set flow none
set parity none
clear input
output ATZ\13
input 30 OK
if fail exit 3
output ATDT5551234\13
input 30 CONNECT
if fail exit 3
input 30 Service?
if fail exit 3
output p\13
input 30 Username:
if fail exit 3
output alice\13
input 30 Password:
if fail exit 3
output wonderland\13
input 30 PPP
if fail exit 3
exit 0
"""

RUNSCRIPT = """
timeout 120
send "ATZ"
expect {
  "OK"
  timeout 30 goto fail
}
send "ATDT5551234"
expect {
  "CONNECT"
  timeout 30 goto fail
}
expect {
  "Service?"
  timeout 30 goto fail
}
send "p"
expect {
  "Username:"
  timeout 30 goto fail
}
send "alice"
expect {
  "Password:"
  timeout 30 goto fail
}
send "wonderland"
expect {
  "PPP mode"
  timeout 30 goto fail
}
exit 0
fail:
exit 3
"""

EXPECT = r"""
set timeout 30
proc step {say until} {
  if {$say ne ""} { send -- "$say\r" }
  expect {
    -re $until {}
    timeout { exit 3 }
    eof { exit 5 }
  }
}
step ATZ OK
step ATDT5551234 CONNECT
step "" {Service\?}
step p Username:
step alice Password:
step wonderland {PPP mode}
exit 0
"""

EXPECT_OPENS = (
    r"""
set port [open [lindex $argv 0] r+]
fconfigure $port -mode 115200,n,8,1 -translation binary -buffering none -blocking 0
spawn -noecho -open $port
"""
    + EXPECT
)

EXPECT_PICOCOM = (
    r"""
spawn -noecho picocom -b 115200 --omap "" [lindex $argv 0]
expect {
  "Terminal ready" {}
  eof { exit 7 }
  timeout { exit 3 }
}
"""
    + EXPECT
)

COMGT = """
opengt
 set com 115200n81
 set comecho off
 set senddelay 0.01
 send "ATZ^m"
 waitfor 30 "OK"
 if % = -1 goto fail
 send "ATDT5551234^m"
 waitfor 30 "CONNECT"
 if % = -1 goto fail
 waitfor 30 "Service?"
 if % = -1 goto fail
 send "p^m"
 waitfor 30 "Username:"
 if % = -1 goto fail
 send "alice^m"
 waitfor 30 "Password:"
 if % = -1 goto fail
 send "wonderland^m"
 waitfor 30 "PPP mode"
 if % = -1 goto fail
 exit 0
:fail
 exit 3
"""

_GRACE = 60.0
"""Seconds for what a program has started to close the port after its end, of which none passes in vain."""

WVDIAL_INIT = """Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0
Modem Type = Analog Modem"""


def log_in(command: list[str], lock_directory: Path, scenario: str = "login") -> Verdict:
    verdict = play(scenario, command, lock_directories=[lock_directory], deadline=600.0, grace=_GRACE)
    assert verdict.calls == 1, verdict.describe()
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
    return verdict


def assert_logged_in(command: list[str], lock_directory: Path, scenario: str = "login") -> None:
    verdict = log_in(command, lock_directory, scenario)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0, verdict.describe()


@pytest.mark.runner("kermit")
def test_c_kermit_logs_in(tmp_path: Path, lock_directory: Path) -> None:
    needs_private_namespace()
    (tmp_path / "login.ksc").write_text(KERMIT)
    # C-Kermit looks at its clock each second, and throws away what its read returns at that very moment: answered a
    # whole second after it dialled, it now and then loses CONNECT.
    scenario = bundled_folder().joinpath("login.yaml").read_text() + "exchange: {answer_after: 1.37s}\n"
    command = ["kermit", str(tmp_path / "login.ksc"), "=", "{port}"]
    assert_logged_in(
        in_private_namespace(command, locks=lock_directory, scratch=tmp_path), lock_directory, scenario=scenario
    )


@pytest.mark.runner("runscript")
def test_minicoms_runscript_logs_in(tmp_path: Path, lock_directory: Path) -> None:
    (tmp_path / "login.minicom").write_text(RUNSCRIPT)
    # minicom itself sets the port before it starts a script
    script = f"stty raw -echo; exec runscript {tmp_path / 'login.minicom'}"
    assert_logged_in(["sh", "-c", script], lock_directory)


@pytest.mark.runner("expect")
def test_expect_logs_in(tmp_path: Path, lock_directory: Path) -> None:
    (tmp_path / "login.exp").write_text(EXPECT_OPENS)
    assert_logged_in(["expect", "-f", str(tmp_path / "login.exp"), "{port}"], lock_directory)


@pytest.mark.runner("expect", "picocom")
def test_expect_with_picocom_logs_in(tmp_path: Path, lock_directory: Path) -> None:
    (tmp_path / "login.exp").write_text(EXPECT_PICOCOM)
    assert_logged_in(["expect", "-f", str(tmp_path / "login.exp"), "{port}"], lock_directory)


@pytest.mark.runner("comgt")
def test_comgt_logs_in(tmp_path: Path, lock_directory: Path) -> None:
    (tmp_path / "login.comgt").write_text(COMGT)
    assert_logged_in(["comgt", "-d", "{port}", "-s", str(tmp_path / "login.comgt")], lock_directory)


@pytest.mark.runner("wvdial", "setarch")
@pytest.mark.starts_first
def test_wvdial_logs_in_and_goes_on_to_pppd(tmp_path: Path, lock_directory: Path) -> None:
    needs_private_namespace()
    link = tmp_path / "modem"
    configuration = tmp_path / "wvdial.conf"
    account = {"user": "alice", "password": "wonderland", "number": "5551234"}
    prompts = ("sername:", "assword:")
    configuration.write_text(wvdial_settings(str(link), prompts=prompts, reply="p", more=WVDIAL_INIT, **account))

    async def dial() -> tuple[Verdict, list[str]]:
        with Station(load("login"), PtyEndpoint(link)) as station:
            command = ["sh", "-c", '"$@"; : {port}', "sh", *wvdial(str(configuration))]
            argv = in_private_namespace(command, locks=lock_directory, scratch=tmp_path)
            options = RunOptions(lock_directories=[lock_directory], deadline=600.0, grace=_GRACE)
            verdict = await run_client(station, argv, options)
            return verdict, [record.fact.kind for record in station.transcript]

    verdict, happened = asyncio.run(dial())
    assert "log-in accepted" in happened
    assert verdict.kind is VerdictKind.RELEASED


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter: uucico and cu become the user uucp."""
    with tempfile.TemporaryDirectory(prefix="simisp-uucp-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.mark.runner("uucico")
def test_uucico_logs_in(open_folder: Path, processes: Processes) -> None:
    needs_private_namespace()
    locks = open_folder / "locks"
    for path in (locks, open_folder / "spool"):
        path.mkdir()
        path.chmod(0o777)
    with Line("login", link=open_folder / "modem") as line:
        Path(line.port).resolve().chmod(0o666)
        login = r'"" \d\c Service? p\r\c sername: \L\r\c assword: \P\r\c mode \c'
        account = {"user": "alice", "password": "wonderland", "number": "5551234"}
        files = uucp_files(open_folder, line.port, chat=login, connect_within=30, within=30, **account)
        for name, text in files.items():
            (open_folder / name).write_text(text)
            (open_folder / name).chmod(0o644)
        command = ["uucico", "-D", "-I", str(open_folder / "config"), "-r1", "-f", "-q", "-S", "isp"]
        uucico = processes.start(in_private_namespace(command, locks=locks, scratch=open_folder))
        # What it would wait for next is another UUCP, for minutes: it has shown what it can do here.
        line.wait_for("Entering PPP mode", within=60)
        processes.end_family(uucico)
        assert "log-in accepted" in [record.fact.kind for record in line.transcript]
        line.assert_released()
