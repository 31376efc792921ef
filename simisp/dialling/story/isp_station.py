"""The ISP in real time: a scenario on a pseudo-terminal, with a mail host behind the line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self

from simisp.dialling.mail.mail_host import MailHost
from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.isp import DialogueOver
from simisp.facts.line import CallEnded
from simisp.facts.ppp import LinkDown, LinkUp, Network
from simisp.line.session import Session
from simisp.runtime.clock import Clock
from simisp.runtime.driver import Driver
from simisp.transcript import Record, Transcript

__all__ = ["IspStation"]


class IspStation:
    """Plays a Session on a pseudo-terminal, and makes its mail host reachable exactly while a call is through.

    That is while PPP or SLIP is up, and for a dialogue that leads to neither, from its end to that of the call. Use it
    as an asynchronous context manager.

    Args:
        session: Modem, exchange and ISP.
        host: The mail host.
        clock: The clock.
        transcript: Where everything is recorded.
        link: The path for the port's link; None for a free name in the user's private folder.

    Raises:
        EndpointError: No pseudo-terminal is available, or the link can't be made.
    """

    def __init__(
        self,
        session: Session,
        host: MailHost,
        clock: Clock,
        transcript: Transcript,
        *,
        link: str | Path | None = None,
    ) -> None:
        self.session = session
        self.host = host
        self.transcript = transcript
        self._endpoint = PtyEndpoint(link)
        self._driver = Driver(session, self._endpoint, transcript, clock)
        self._wanted = asyncio.Event()
        self._cutting_off = False
        self._switch: asyncio.Task[None] | None = None
        transcript.listen(self._hear)

    @property
    def port(self) -> str:
        """The path that a dialler opens."""
        return self._endpoint.path

    async def __aenter__(self) -> Self:
        await self.host.start()
        self._driver.start()
        self._switch = asyncio.get_running_loop().create_task(self._cut_off_host())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._switch is not None:
            self._switch.cancel()
        self._driver.stop()
        self._endpoint.close()
        await self.host.set_reachable(False)

    def _hear(self, record: Record) -> None:
        match record.fact:
            case DialogueOver() | LinkUp(Network.IP):
                self._cutting_off = False
                self.host.open()  # at once, for the caller may connect as soon as it knows
            case CallEnded() | LinkDown():
                self._cutting_off = True
                self._wanted.set()

    async def _cut_off_host(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._cutting_off:
                await self.host.set_reachable(False)
