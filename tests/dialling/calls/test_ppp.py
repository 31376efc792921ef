"""A dialler that brings up PPP on a real pseudo-terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dialling.lines import Dialled, entry, line
from simisp.isp.steps import DialogueProgram, HandOver
from simisp.line.session_config import Isp
from simisp.ppp.config import AuthMethod
from simisp.ppp.far_end import PppFarEnd
from simisp.ras.error_codes import Cause
from simisp.ras.outputs import LineUp
from simisp.ras.phonebook import Protocol
from support.two_links import SERVER

PATIENT = 2.0
"""So little faster than real time that a busy machine is no silence."""
AT_THE_ISP = replace(SERVER, accounts={"alice": "wonderland"})
NO_PPP = Isp([DialogueProgram((), "nothing")])


def isp(method: AuthMethod = AuthMethod.CHAP) -> Isp:
    config = replace(AT_THE_ISP, auth=(method,))
    return Isp([DialogueProgram((HandOver("PPP", lambda: PppFarEnd(config)),), "PPP")])


def dialled(port: str, lock_directory: Path, *, speed: float = PATIENT, **options: object) -> Dialled:
    return Dialled(entry(port, None, protocol=Protocol.PPP), lock_directory, speed=speed, ppp=True, **options)


@pytest.mark.parametrize("method", AuthMethod)
async def test_the_link_comes_up_and_is_ended_before_the_call(method: AuthMethod, lock_directory: Path) -> None:
    with line(speed=PATIENT, isp=isp(method)) as far:
        call = dialled(far.port, lock_directory)
        await call.until(LineUp)
        assert await far.until_facts("PPP authenticated") == [
            {"name": "alice", "method": method.value, "of_peer": True}
        ]
        call.dialler.hang_up()
        ended = await call.task
        assert (ended.cause, ended.was_up) == (Cause.HUNG_UP, True)
        await far.driver.until(lambda: far.driver.openings == 0)
        assert "User request" in [packet["summary"] for packet in far.facts("PPP packet received")]


async def test_a_wrong_password_is_691(lock_directory: Path) -> None:
    with line(speed=PATIENT, isp=isp()) as far:
        ended = await dialled(far.port, lock_directory, password="mistaken").task
        assert (ended.cause, ended.was_up) == (Cause.AUTHENTICATION_FAILED, False)


async def test_a_far_end_without_ppp_is_721(lock_directory: Path) -> None:
    with line(speed=60.0, isp=NO_PPP) as far:
        ended = await dialled(far.port, lock_directory, speed=60.0).task
        assert ended.cause is Cause.PPP_NO_RESPONSE


async def test_a_far_end_that_ends_the_link_is_629(lock_directory: Path) -> None:
    with line(speed=PATIENT, isp=isp()) as far:
        call = dialled(far.port, lock_directory)
        await call.until(LineUp)
        far_end = far.session.far_end
        assert isinstance(far_end, PppFarEnd)
        far_end.link.close(b"session limit", now=far.driver.clock.now())
        far.driver.stir()
        ended = await call.task
        assert (ended.cause, ended.was_up) == (Cause.CARRIER_LOST, True)
