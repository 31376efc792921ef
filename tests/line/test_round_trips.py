"""A line that turns octets back while both ends echo: the echoes answer each other, and the run goes on."""

from __future__ import annotations

import pytest

from simisp.runner.pure import run_pure
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear
from simisp.scenario.load import loads


def dialler() -> Conversation:
    yield b"ATDT1\r"
    yield Hear("CONNECT", within=10.0)
    yield b"p\ralice\r"
    yield Hear("PPP mode", within=30.0)
    return 4


@pytest.mark.parametrize("side", ["line", "port"])
@pytest.mark.parametrize("direction", ["to dte", "from dte"])
def test_echoes_that_answer_each_other_at_one_instant_end(side: str, direction: str) -> None:
    fault = f"{{fault: reflect, side: {side}, direction: {direction}, after: {{octets: 1}}}}"
    verdict = run_pure(loads(f"extends: login\nline: {{faults: [{fault}]}}\n"), GeneratorClient(dialler))
    assert verdict.client is not None
    assert verdict.client.exit_status == 4
