"""A line that answers with a log-in and then PPP, and a client that logs in and brings up the link, in pure time."""

from __future__ import annotations

from dataclasses import replace

from simisp.isp.steps import DialogueProgram, HandOver, ReadLine, Send
from simisp.line.session_config import Isp
from simisp.ppp.client import PppClient
from simisp.ppp.config import PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.runner.ppp_client import ClientThenPpp
from simisp.runner.pure import PureRunner
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear
from simisp.scenario.load import loads
from simisp.scenario.session import session_config
from support.two_links import CLIENT, LOCAL, SERVER

__all__ = ["log_in", "ppp_client", "ppp_runner"]


def ppp_runner(server: PppConfig = SERVER) -> PureRunner:
    """Return what plays a line that asks for a name and a password and goes on with PPP."""
    scenario = loads("title: PPP after a log-in")
    code = (
        Send("login:", own_line=True),
        ReadLine("login:", again=0, name="user", otherwise=2),
        Send("Password:", own_line=True),
        ReadLine("Password:", again=2, name="password", secret=True, otherwise=4),
        HandOver("PPP", lambda: PppFarEnd(server)),
    )
    return PureRunner(scenario, config=replace(session_config(scenario), isp=Isp([DialogueProgram(code, "log-in")])))


def log_in() -> Conversation:
    """Dial and log in."""
    yield b"ATDT5551234\r"
    for prompt, answer in (("CONNECT", b""), ("login:", b"joe\r"), ("Password:", b"secret\r")):
        if (yield Hear(prompt, within=60)) is None:
            return 1
        yield answer
    return 0


def ppp_client(client: PppConfig = CLIENT) -> ClientThenPpp:
    """Return a client that logs in, brings up a link, pings and ends the link."""
    return ClientThenPpp(GeneratorClient(log_in, name="log-in"), PppClient(client, ping=LOCAL))
