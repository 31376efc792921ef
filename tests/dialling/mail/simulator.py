"""A process that plays the ISP: a modem line on a pseudo-terminal, and a mail host behind it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from dialling.lines import LOGIN, SILENT, scenario
from simisp.dialling.mail.mail_host import MailHost
from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.story.isp_station import IspStation
from simisp.runtime.clock import RealClock
from simisp.scenario.load import loads
from simisp.scenario.session import session
from simisp.transcript import Transcript

DIALOGUES = {"login": LOGIN, "silent": SILENT}


async def main(relayed: str, link: str, port: str, speed: str, calls: str) -> None:
    host = MailHost("mail.isp.example", Maildir(Path(relayed)), port=int(port))
    played = session(loads(scenario(*(DIALOGUES[name] for name in calls.split()))))
    async with IspStation(played, host, RealClock(float(speed)), Transcript(), link=link):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
