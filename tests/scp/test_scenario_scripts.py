"""The scripts that come with the scenarios do what their first lines say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from simisp.framing import Framing, Parity
from simisp.scp import Options, format_script
from simisp.scp.outputs import Ended, SetIpAddress
from support.scp_player import Player

SCRIPTS = Path(__file__).parents[2] / "scenarios" / "scripts"
NAMES = sorted(path.name for path in SCRIPTS.glob("*.scp"))


def play(name: str, **options: bool) -> Player:
    return Player((SCRIPTS / name).read_text(), options=Options(**options))


def test_all_the_promised_scripts_are_there() -> None:
    assert {"naive.scp", "repaired.scp", "menu.scp", "slip.scp", "seven-bit.scp"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_opens_with_what_it_shows_and_is_in_the_usual_layout(name: str) -> None:
    text = (SCRIPTS / name).read_text()
    assert "; What it shows:" in text.split("proc main", maxsplit=1)[0]
    assert format_script(text) == text


@pytest.mark.parametrize("name", ["naive.scp", "repaired.scp"])
def test_naive_and_repaired_log_in_alike(name: str) -> None:
    player = play(name).hears(b"Service? ").hears(b"p\r\nUsername: ").hears(b"alice\r\nPassword: ")
    assert player.sent == b"p\ralice\rwonderland\r"
    assert player.facts == [Ended()]


def test_the_naive_one_waits_forever() -> None:
    assert play("naive.scp").passes(1e6).facts == []


@pytest.mark.parametrize(
    ("prompts", "limit", "sent"),
    [
        ([], 90, b""),
        ([b"Service? "], 60, b"p\r"),
        ([b"Service? ", b"Username: "], 60, b"p\ralice\r"),
    ],
)
def test_the_repaired_one_ends_with_the_first_wait_that_fails(
    prompts: Sequence[bytes], limit: int, sent: bytes
) -> None:
    player = play("repaired.scp")
    for prompt in prompts:
        player.hears(prompt)
    assert player.passes(limit - 0.1).facts == []
    assert player.passes(0.1).facts == [Ended()]
    assert player.sent == sent


def test_the_menu_gives_three_tries() -> None:
    player = play("menu.scp").hears(b"Service? ").hears(b"Username: ")
    for _ in range(2):
        player.hears(b"Password: ").hears(b"Login incorrect\r\nUsername: ")
    assert player.facts == []
    player.hears(b"Password: ").hears(b"Login incorrect\r\n")
    assert player.facts == [Ended()]
    assert player.sent == b"2\r" + b"alice\rwonderland\r" * 3


def test_the_menu_may_be_left_out_and_silence_ends_it() -> None:
    player = play("menu.scp").hears(b"Username: ").hears(b"Password: ").hears(b"PPP session\r\n")
    assert player.sent == b"alice\rwonderland\r"
    assert player.facts == [Ended()]
    assert play("menu.scp").passes(30).facts == [Ended()]


def test_slip_takes_the_address_that_the_server_says() -> None:
    player = play("slip.scp").hears(b"Service? ").hears(b"Username: ").hears(b"Password: ")
    player.hears(b"I am 10.0.0.1.\r\nYour address is 10.0.0.5, MTU 1006\r\n")
    assert player.facts == [SetIpAddress("10.0.0.5"), Ended()]


def test_seven_bits_with_even_parity_are_understood_and_spoken_and_eight_come_back() -> None:
    line = Framing(7, Parity.EVEN)
    player = play("seven-bit.scp", framing_in_software=True)
    for prompt in (b"Service? ", b"Username: ", b"Password: "):
        player.hears(line.encode(prompt))
    assert line.decode(player.sent) == b"p\ralice\rwonderland\r"
    assert player.sent != line.decode(player.sent)
    assert player.script.framing == Framing()
