"""A client that logs in and then brings up PPP, in pure time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simisp.facts.ppp import LinkEnding
from simisp.ppp.client import PppClient
from simisp.ppp.config import AuthMethod
from simisp.runner.ppp_client import ClientThenPpp
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear, ScriptClient
from simisp.runner.verdict import VerdictKind
from simisp.scp.compiler import compile_script
from support.ppp_lines import log_in, ppp_client, ppp_runner
from support.two_links import CLIENT, LOCAL, SERVER


@pytest.mark.parametrize("method", AuthMethod)
def test_a_log_in_and_a_link_and_a_ping_end_with_the_port_released(method: AuthMethod) -> None:
    client = ppp_client()
    verdict = ppp_runner(replace(SERVER, auth=(method,))).play(client)
    assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
    assert (client.exit_status, client.ppp.pinged) == (0, True)


def test_a_script_leaves_what_it_has_not_read_to_ppp() -> None:
    script = """
proc main
  waitfor "login:"
  transmit "joe^M"
  waitfor "word:"
  transmit "secret^M"
endproc
"""
    first = ScriptClient(compile_script(script), number="T5551234")
    client = ClientThenPpp(first, PppClient(CLIENT, ping=LOCAL))
    assert ppp_runner().play(client).kind is VerdictKind.RELEASED
    assert client.exit_status == 0
    assert client.ppp.link.framer.in_frame


def test_a_log_in_that_fails_starts_no_ppp() -> None:
    def gives_up() -> Conversation:
        yield b"ATDT5551234\r"
        yield Hear("never", within=5)
        return 7

    client = ClientThenPpp(GeneratorClient(gives_up), PppClient(CLIENT))
    ppp_runner().play(client)
    assert client.exit_status == 7
    assert client.ppp.link.ending is None


def test_a_link_that_neither_side_ends_is_a_hang_that_is_proven() -> None:
    client = ClientThenPpp(GeneratorClient(log_in), PppClient(CLIENT, stay=None))
    verdict = ppp_runner(replace(SERVER, auth=(), echo_every=None)).play(client)
    # The client stays for as long as the server does, and the server for as long as the client: a hang, and proven.
    assert verdict.kind is VerdictKind.HANG, verdict.describe()
    assert client.ppp.link.is_up


def test_a_wrong_password_ends_the_client_with_the_status_that_pppd_has_for_it() -> None:
    client = ppp_client(replace(CLIENT, password="Xnot-the-passwordX"))
    ppp_runner(replace(SERVER, auth=(AuthMethod.PAP,))).play(client)
    assert client.ppp.link.ending is LinkEnding.NOT_AUTHENTICATED
    assert client.exit_status == 19
