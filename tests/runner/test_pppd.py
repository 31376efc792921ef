"""The failure of KB 175410 with the real pppd: it is ended in order, and its chat holds the port."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.forensics import holders_of
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import load
from support.narrowed import narrowed
from support.patience import patiences
from support.private_namespace import in_private_namespace, needs_private_namespace

pytestmark = pytest.mark.runner("pppd", "chat")

NAIVE = r'TIMEOUT 3600 "" ATZ OK ATDT5551234 CONNECT \c ervice? p sername: alice assword: wonderland'
CONNECT_SCRIPT_FAILED = 8


async def test_pppd_ended_in_order_leaves_its_chat_behind_and_a_second_pppd_fails(tmp_path: Path) -> None:
    needs_private_namespace()
    (tmp_path / "naive.chat").write_text(NAIVE)
    (tmp_path / "short.chat").write_text(NAIVE.replace("3600", "2"))
    locks = tmp_path / "locks"
    locks.mkdir()

    def pppd(script: str, port: str) -> list[str]:
        options = ["nodetach", "noauth", "local", "lock", "logfile", str(tmp_path / "pppd.log")]
        connect = f"exec chat -f {tmp_path / script}"
        # The shell between pppd and chat is what pppd ends: chat is its child, as with any connect script of one's own.
        connect = connect.replace("exec ", "", 1) + "; exit $?"
        return in_private_namespace(
            ["pppd", port, "115200", *options, "connect", connect], locks=locks, scratch=tmp_path
        )

    second: list[int] = []

    async def dial_again() -> None:
        process = await asyncio.create_subprocess_exec(
            *pppd("short.chat", narrowed(station.endpoint, PtyEndpoint).node),
            stdin=asyncio.subprocess.DEVNULL,
            process_group=0,
        )
        second.append(await process.wait())

    for patience in patiences(3.0):
        second.clear()
        with Station(load("hang")) as station:
            options = RunOptions(give_up=patience, grace=1.0, lock_directories=[locks], while_held=dial_again)
            # pppd is given the node and not the link: in its own /dev the link's folder is there all the same, but a
            # lock by the node's name is what two pppds share.
            verdict = await run_client(station, [*pppd("naive.chat", "{port}")], options)
            openings, is_free = station.driver.openings, holders_of(station.port, ignore=(), directories=[locks]).free
        if verdict.calls:
            break
    assert verdict.kind is VerdictKind.HANG
    assert verdict.client is not None
    assert verdict.client.exit_status is not None or verdict.client.signal is not None, "pppd is gone"
    assert verdict.report is not None
    [holder] = verdict.report.holders
    assert holder.command == f"chat -f {tmp_path / 'naive.chat'}"
    assert holder.blocked_in.startswith("blocked in read(")
    assert second == [CONNECT_SCRIPT_FAILED]
    assert is_free or openings == 0
