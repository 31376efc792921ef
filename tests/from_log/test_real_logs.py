"""Logs that the real programs wrote while they logged in to simisp: each is read as the log-in that it was.

``samples/`` has them as they were written, but for the name of the port: chat 2.4.9, pppd 2.4.9 (its option debug, with
``chat -v -s``), minicom 2.8 (its capture file: without time stamps, with simple and with exact ones, and one a second),
picocom 3.1 (``--logfile``, and the screen), C-Kermit 9.0 (``log session`` as text, and time-stamped), wvdial 1.61.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.from_log.draft import draft
from simisp.from_log.readers import read_log
from simisp.from_log.said import LogFormat
from simisp.results import VerdictKind
from simisp.scenario.load import loads
from simisp.testing import Conversation, Hear, play_pure

SAMPLES = Path(__file__).parent / "samples"
STAMPS = {
    "classic": "Nov 29 {time} gateway chat[16195]: {text}",
    "with a priority": "<150>Nov 29 {time} chat[16195]: {text}",
    "ISO 8601": "2026-11-29T{time}.123456+01:00 gateway chat[16195]: {text}",
    "journalctl -o short-iso": "2026-11-29T{time}+0100 gateway chat[16195]: {text}",
    "journalctl -o short-precise": "Nov 29 {time}.123456 gateway chat[16195]: {text}",
    "busybox": "Nov 29 {time} gateway daemon.info chat[16195]: {text}",
}


def chat_log(stamp: str) -> str:
    """Return what chat wrote, as a syslog shows it."""
    lines = (SAMPLES / "chat-syslog.txt").read_text().splitlines()
    return "\n".join(stamp.format(time=line[:8], text=line[9:]) for line in lines)


def sample(name: str) -> str:
    return (SAMPLES / name).read_bytes().decode()


def dialler(prompts: tuple[str, ...]) -> Conversation:
    yield b"ATDT5551234\r"
    for heard, said in (
        ("CONNECT", b""),
        *zip(prompts, (b"p\r", b"alice\r", b"wonderland\r")[-len(prompts) :], strict=True),
    ):
        if (yield Hear(heard, within=60.0)) is None:
            return 1
        yield said
    return 0 if (yield Hear("Entering PPP mode", within=60.0)) is not None else 2


ASKED = ("Service?", "Username:", "Password:")
LOGS = {
    **{f"chat, {name}": (LogFormat.CHAT, chat_log(stamp), ASKED, True) for name, stamp in STAMPS.items()},
    "chat, bare": (LogFormat.CHAT, chat_log("{text}"), ASKED, False),
    "minicom": (LogFormat.SCREEN, sample("minicom.cap"), ASKED, False),
    "minicom, stamped": (LogFormat.SCREEN, sample("minicom-stamped.cap"), ASKED, True),
    "minicom, a stamp torn": (LogFormat.SCREEN, sample("minicom-torn.cap"), ASKED, False),
    "picocom": (LogFormat.SCREEN, sample("picocom.log"), ASKED, False),
    "picocom, the screen": (LogFormat.SCREEN, sample("picocom-screen.log"), ASKED, False),
    "kermit": (LogFormat.SCREEN, sample("kermit-session.log"), ASKED, False),
    "kermit, stamped": (LogFormat.SCREEN, sample("kermit-stamped.log"), ASKED, True),
    "wvdial": (LogFormat.WVDIAL, sample("wvdial.log"), ("Login:", "Password:"), False),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_real_log_becomes_the_log_in_that_it_shows(name: str) -> None:
    kind, text, prompts, has_times = LOGS[name]
    log = read_log(text)
    drafted = draft(log, "log")
    assert log.format is kind
    assert "wonderland" not in drafted
    model = loads(drafted).model
    assert model.modem.connect == 33600
    steps = drafted.partition("  dialogue:\n")[2].splitlines()
    assert steps[0] == '    - banner: "Welcome to OzEmail"'
    assert [line.split('"')[1] for line in steps if "prompt:" in line] == list(prompts)
    assert steps[-2:] == ['    - banner: "Entering PPP mode"', "    - silence  # guess: nothing more is in the log"]
    assert ("  answer_after: 1" in drafted) is has_times
    verdict = play_pure(drafted, lambda: dialler(prompts))
    assert verdict.client is not None
    assert (verdict.kind, verdict.client.exit_status) == (VerdictKind.RELEASED, 0)


def test_the_log_of_pppd_has_the_log_in_and_what_ppp_agreed_on() -> None:
    drafted = draft(read_log(sample("pppd-logfile.log")), "pppd.log")
    assert drafted.splitlines()[5:11] == [
        "isp:",
        "  ppp:",
        "    local: 10.0.0.1",
        "    remote: 10.0.0.2",
        '    # auth: chap  # as in the log: it needs isp: accounts: {"alice": PASSWORD}',
        "  dialogue:",
    ]
    assert drafted.splitlines()[-1] == "    - ppp  # guess: what came behind it"
    assert "wonderland" not in drafted
    assert "ConfReq" not in drafted
    with_log_in = drafted.replace("    # auth: chap", "    auth: chap").replace(
        "isp:\n", "isp:\n  accounts: {alice: wonderland}\n"
    )
    section = loads(with_log_in).model.isp.ppp
    assert section is not None
    assert str(section.local) == "10.0.0.1"


def test_pppd_that_hears_nothing_is_told_so_and_a_redial_ends_the_dialogue() -> None:
    chat = chat_log("{text}").splitlines()
    silent = "\n".join([*chat, *["sent [LCP ConfReq id=0x1 <asyncmap 0x0> <magic 0x1>]"] * 10, *chat])
    assert "    behaviour: silent in LCP  # guess: no frame of the ISP is in the log\n" in draft(read_log(silent), "a")
    again = "\n".join([*chat[:-6], "alarm", "Failed", *chat])
    assert draft(read_log(again), "a").splitlines()[-1] == (
        "    - silence  # guess: the client gave up here, and began anew"
    )
