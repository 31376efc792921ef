"""What the listeners of a run see masked, as docs/limits.md has it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from simisp.facts.line import Octets
from simisp.facts.sources import Source
from simisp.scenario.load import loads
from simisp.testing import Conversation, Hear, play_pure
from simisp.transcript import Record

PROMPTS = ["Username:", "Password:", "passcode?", "PIN:", "A secret:", "Card:"]
DIALOGUE = [*({"prompt": each} for each in PROMPTS), {"prompt": "Again:", "echo": "no"}]


def seen(dialogue: Sequence[object], *conversation: bytes | Hear) -> list[tuple[Source, bytes]]:
    """Return the octets of each side that a listener sees."""

    def client() -> Conversation:
        yield b"ATD5551234,hunter22\r"
        for each in conversation:
            _ = yield each  # a list has no send(), so it can't be delegated to
        return 0

    records: list[Record] = []
    isp = {"accounts": {"alice": "wonderland"}, "dialogue": [*dialogue, "silence"]}
    play_pure(loads(json.dumps({"title": "x", "isp": isp})), client, on_record=records.append)
    return [(each.sender, each.fact.data) for each in records if isinstance(each.fact, Octets)]


def test_an_answer_is_masked_at_the_prompts_that_ask_for_a_secret_and_nowhere_else() -> None:
    answers = [step for prompt in (*PROMPTS, "Again:") for step in (Hear(prompt), b"hunter22\r")]
    said = [data for sender, data in seen(DIALOGUE, *answers) if sender is Source.CLIENT]
    plain, hidden = b"hunter22\r", b"********\r"
    assert said == [b"ATD5551234,hunter22\r", plain, hidden, hidden, hidden, hidden, plain, hidden]


def test_an_answer_typed_before_its_prompt_can_be_read_and_its_echo_is_masked() -> None:
    dialogue = [{"prompt": "Username:"}, {"pause": 3}, {"prompt": "Password:", "echo": "yes"}]
    octets = seen(dialogue, Hear("Username:"), b"joe\r", b"hunter22\r", Hear("nothing", within=9))
    assert (Source.CLIENT, b"hunter22\r") in octets
    assert (Source.MODEM, b"********\r\n") in octets


def test_the_password_of_an_account_is_masked_wherever_it_passes() -> None:
    octets = seen([{"prompt": "Username:"}], Hear("Username:"), b"my WonderLand\r", Hear("nothing", within=9))
    assert [data for _, data in octets[-3:-1]] == [b"my **********\r", b"my **********\r\n"]
