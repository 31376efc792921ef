"""Scenarios that are drafted from logs: each kind of log, what is guessed, and that nothing in a log can break it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simisp.cli import main
from simisp.from_log.draft import draft
from simisp.from_log.readers import read_log
from simisp.from_log.said import LogFormat
from simisp.isp.steps import Send
from simisp.results import VerdictKind
from simisp.scenario.load import loads
from simisp.scenario.steps import BannerStep
from simisp.testing import Conversation, Hear, play_pure
from simisp.transcript.json_lines import header_line, record_line
from support.pictured_runs import HEADER

CHAT = """\
Nov 29 01:00:00 host chat[42]: abort on (BUSY)
Nov 29 01:00:00 host chat[42]: send (ATDT5551234^M)
Nov 29 01:00:00 host chat[42]: expect (CONNECT)
Nov 29 01:00:22 host chat[42]: ATDT5551234^M^M
Nov 29 01:00:22 host chat[42]: CONNECT
Nov 29 01:00:22 host chat[42]:  -- got it
Nov 29 01:00:23 host chat[42]: expect (ogin:)
Nov 29 01:00:23 host chat[42]:  33600^M
Nov 29 01:00:24 host chat[42]: Welcome to OzEmail^M
Nov 29 01:00:24 host chat[42]: login:
Nov 29 01:00:24 host chat[42]:  -- got it
Nov 29 01:00:24 host chat[42]: send (alice^M)
Nov 29 01:00:25 host chat[42]: expect (assword:)
Nov 29 01:00:25 host chat[42]:  alice^M
Nov 29 01:00:25 host chat[42]: Password:
Nov 29 01:00:25 host chat[42]: send (wonderland^M)
Nov 29 01:00:26 host pppd[40]: sent [LCP ConfReq id=0x1 <asyncmap 0x0>]
"""
SCREEN = """\
AT
OK
ATDT5551234
CONNECT 33600

Welcome
login: alice
Password:
NO CARRIER
"""
ESP_IDF = """\
I (1200) modem: TX: AT+CSQ\\r
I (1250) modem: RX: +CSQ: 17,99
I (1251) modem: RX: OK
I (1300) modem: TX: AT+CPIN?\\r
I (1350) modem: RX: +CME ERROR: 10
"""
ZEPHYR = """\
[00:00:01.200,000] <dbg> modem_chat: sent: AT+CREG?
[00:00:01.250,000] <dbg> modem_chat: received: +CREG: 0,2
[00:00:01.251,000] <dbg> modem_chat: received: OK
"""
DUMPED = """\
\x1b[0;32mI (1100) main: starting\x1b[0m
D (1200) uart-tx: 0x3ffb4280   41 54 2b 43 53 51 0d                              |AT+CSQ.|
D (1250) uart-rx: 0x3ffb4290   0d 0a 2b 43 53 51 3a 20  31 37 2c 39 39 0d 0a 0d  |..+CSQ: 17,99...|
D (1250) uart-rx: 0x3ffb42a0   0a 4f 4b 0d 0a                                    |.OK..|
D (1300) uart-tx: 0x3ffb4280   41 54 2b 43 50 49 4e 3f  0d                       |AT+CPIN?.|
D (1350) uart-rx: 0x3ffb4290   0d 0a 2b 43 4d 45 20 45  52 52 4f 52 3a 20 31 30  |..+CME ERROR: 10|
D (1351) uart-rx: 0x3ffb42a0   0d 0a                                             |..|
"""
MODEM_CHAT = """\
[00:00:05.060,000] <dbg> modem_cellular: modem_cellular_log_event: event: resume
[00:00:05.064,000] <dbg> modem_chat: modem_chat_script_next: sending: AT+CREG?
[00:00:05.080,000] <dbg> modem_chat: modem_chat_log_received_command: +CREG: 0,2
[00:00:05.081,000] <dbg> modem_chat: modem_chat_log_received_command: OK
"""


def test_a_log_of_chat_becomes_a_dialogue_with_a_comment_for_each_guess() -> None:
    text = draft(read_log(CHAT), "chat.log")
    assert text.splitlines()[2:] == [
        "modem:",
        "  profile: hayes  # guess: by the commands that were sent",
        "  connect: 33600",
        "exchange:",
        "  answer_after: 22s  # guess: from ATD to CONNECT",
        "isp:",
        "  ppp:",
        "    behaviour: silent in LCP  # guess: no frame of the ISP is in the log",
        "  dialogue:",
        '    - banner: "Welcome to OzEmail"',
        '    - prompt: "login:"',
        '      expect: "alice"  # guess: only this is right',
        '    - prompt: "Password:"  # any answer will do: what was typed is not copied',
        "    - ppp  # guess: what came behind it",
    ]
    assert "wonderland" not in text


def test_what_a_terminal_program_showed_becomes_a_dialogue() -> None:
    log = read_log(SCREEN)
    assert log.format is LogFormat.SCREEN
    text = draft(log, "minicom.cap")
    assert "connect: 33600" in text
    assert text.splitlines()[-5:] == [
        '    - banner: "Welcome"',
        '    - prompt: "login:"',
        '      expect: "alice"  # guess: only this is right',
        '    - prompt: "Password:"  # any answer will do: what was typed is not copied',
        "    - hang up  # guess: it was the ISP that did",
    ]


@pytest.mark.parametrize(
    ("log", "row"),
    [
        (DUMPED, '"+CSQ": "+CSQ: 17,99"'),
        (DUMPED, '"+CPIN?": "+CME ERROR: 10"'),
        (MODEM_CHAT, '"+CREG?": "+CREG: 0,2"'),
        (ESP_IDF, '"+CSQ": "+CSQ: 17,99"'),
        (ESP_IDF, '"+CPIN?": "+CME ERROR: 10"'),
        (ZEPHYR, '"+CREG?": "+CREG: 0,2"'),
    ],
)
def test_a_log_with_time_stamps_becomes_answers_of_the_modem(log: str, row: str) -> None:
    assert read_log(log).format is LogFormat.STAMPED
    assert f"    {row}" in draft(read_log(log), "at.log")
    assert "profile: gsm  # guess" in draft(read_log(log), "at.log")


def test_a_command_that_was_never_answered_is_not_answered_by_the_draft() -> None:
    unanswered = ESP_IDF + "I (1400) modem: TX: AT+CREG?\\r\n"
    assert (
        '    "+CREG?": silence  # guess: no answer is in the log' in draft(read_log(unanswered), "at.log").splitlines()
    )
    again = unanswered + "I (9400) modem: TX: AT+CREG?\\r\nI (9450) modem: RX: +CREG: 0,1\nI (9451) modem: RX: OK\n"
    assert '    "+CREG?": "+CREG: 0,1"' in draft(read_log(again), "at.log").splitlines()
    without_results = "I (1) modem: TX: AT+CSQ\nI (2) modem: RX: +CSQ: 9,99\nI (3) modem: TX: AT+CGMI\n"
    assert "silence" not in draft(read_log(without_results), "at.log")


def test_a_call_that_stayed_up_before_it_was_lost_stays_up_in_the_draft() -> None:
    log = "[00:00:01.000] > ATD*99#\n[00:00:03.000] < CONNECT\n[{}] < NO CARRIER\n"
    kept = draft(read_log(log.format("00:00:20.000")), "at.log").splitlines()[-2:]
    assert kept == [
        "    - pause: 17s  # guess: as long as in the log",
        "    - hang up  # guess: it was the ISP that did",
    ]
    assert "pause" not in draft(read_log(log.format("00:00:03.500")), "at.log")


def test_a_text_that_is_no_log_of_a_modem_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Attention: nothing here\nas in any text\n")
    for name, message in (("notes.txt", "this is no log of a modem"), ("none.txt", "the log can't be read")):
        result = CliRunner().invoke(main, ["scenario", "from", str(tmp_path / name)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr


def test_a_number_that_was_busy_is_busy() -> None:
    assert '"5551": busy\n' in draft(read_log("ATDT5551\nBUSY\n"), "a")
    assert '"5551": no carrier  # guess: it never connected\n' in draft(read_log("ATDT5551\n"), "a")


def dialler() -> Conversation:
    yield b"ATDT5551234\r"
    for question, answer in (("Service?", b"p\r"), ("Username:", b"alice\r")):
        if (yield Hear(question, "NO CARRIER", within=60.0)) != question:
            return 1
        yield answer
    return 0 if (yield Hear("Password:", within=60.0)) is not None else 2


def test_a_scenario_from_a_transcript_does_to_the_client_what_the_run_did(tmp_path: Path) -> None:
    records = [header_line(HEADER)]
    verdict = play_pure("hang", dialler, on_record=lambda record: records.append(record_line(record)))
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(records) + "\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["scenario", "from", str(file)])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "    - silence  # guess: nothing more is in the log"
    again = play_pure(result.output, dialler)
    assert verdict.client is not None
    assert again.client is not None
    assert (again.kind, again.client.exit_status) == (VerdictKind.RELEASED, 2)
    assert verdict.client.exit_status == 2


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("Zażółć>", "Za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87>"),
        ("\U0001f600\\", "\xf0\x9f\x98\x80\\"),
        ("\ud800", "?"),
        ("Hello {user}, {a b}", "Hello {user}, {a b}"),
    ],
    ids=["above U+00FF", "beyond U+FFFF", "half a character", "name in braces"],
)
def test_what_was_sent_is_octets_that_stand_for_themselves(shown: str, sent: str) -> None:
    scenario = loads(draft(read_log(f"CONNECT 9600\n{shown}\nWelcome\nNO CARRIER\n"), "any.log"))
    banner = next(step for step in scenario.programs["dialogue"].code if isinstance(step, Send))
    assert banner.octets({"user": "x"}).strip() == sent.encode("latin-1")


SAMPLES = [path.read_bytes().decode() for path in sorted((Path(__file__).parent / "samples").iterdir())]


def test_a_text_beyond_ascii_has_the_octets_of_the_line(tmp_path: Path) -> None:
    for name, octets in (("utf-8", "Žlutý 𐀀".encode()), ("cp1252", "Gr\xfc\xdfe \x80".encode("latin-1"))):
        (tmp_path / name).write_bytes(b"ATD1\nCONNECT\n" + octets + b"\n")
        result = CliRunner().invoke(main, ["scenario", "from", str(tmp_path / name)])
        dialogue = loads(result.output).model.isp.dialogue
        assert dialogue is not None
        banner = dialogue[0]
        assert isinstance(banner, BannerStep)
        assert banner.banner.encode("latin-1").rstrip() == octets


LINES = st.sampled_from(
    [line for log in (CHAT, SCREEN, ESP_IDF, ZEPHYR, DUMPED, MODEM_CHAT, *SAMPLES) for line in log.split("\n")]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES | st.text(max_size=40)))
def test_whatever_a_log_has_the_draft_loads(lines: list[str]) -> None:
    loads(draft(read_log("\n".join(lines)), "any.log"))
