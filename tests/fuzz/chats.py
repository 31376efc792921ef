"""Chat scripts that were changed, and what a modem says to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from fuzz.inputs import cuts_of, flooded, mutated, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.chat.explain import explain_chat
from simisp.chat.linter import fix_chat, lint_chat
from simisp.chat.machine import ChatRun
from simisp.chat.meaning import Substitutions
from simisp.chat.program import ChatOptions, compile_chat
from simisp.chat.reader import ExpectSend, read_chat
from simisp.lint.report import as_text

__all__ = ["TARGETS"]

_ROOM = 2 * 65536  # octets that a script does not read, and what it looks back at
_SAMPLES = [
    (
        "# dials\nABORT BUSY ABORT 'NO CARRIER' ABORT ERROR\nTIMEOUT 5 '' ATZ OK ATDT5551234\nTIMEOUT 60 CONNECT \\c\n"
        "TIMEOUT 20\nogin:--ogin: alice assword: '\\qwonderland' PPP ''\n"
    ),
    (
        'REPORT CONNECT ECHO ON SAY "hello\\n" HANGUP OFF\n'
        "'' \\d\\d+++\\d\\d\\c\nOK-ATH-OK ATDT\\T\nCONNECT @secret\n"
        "CLR_ABORT BUSY CLR_REPORT CONNECT\n'' ^M\\r\\N\\101\\K\\p EOT '' BREAK\n"
    ),
    "'' AT+CPIN? READY-AT+CPIN?-READY-AT+CPIN?-READY 'AT+CGDCONT=1,\"IP\",\"a-b\"' OK 'ATD*99#'\r\nCONNECT ''\r\n",
]
_TEXT = """ABORT CLR_ABORT REPORT CLR_REPORT TIMEOUT ECHO HANGUP SAY ON OFF BUSY CONNECT OK NO_CARRIER EOT BREAK - -- -
\\c \\d \\q \\p \\K \\T \\U \\- \\\\ \\ ^ ^M ^@ $HOME @ @secret @_x ' " '' "" # ' " 0 1 5 99999999999 é \x1b"""
_WORDS = [word.replace("_", " ") for word in _TEXT.split()] + [
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\0",
    "\ufeff",
    "a" * 1100,
]
_HEARD = [b"OK", b"CONNECT", b" 33600", b"\r\n", b"BUSY", b"NO CARRIER", b"ERROR", b"ogin:", b"assword:", b"PPP", b"O",
          b"READY", b"RING", b"\xcf\xcb", b"\0", b"A", b"\x7f"]  # fmt: skip


def _made(random: Random) -> Case:
    text = mutated(random, _SAMPLES, _WORDS)
    heard: list[Event] = []
    for _ in range(random.randint(0, 8)):
        data = flooded(random, octets(random, _HEARD, most=5))
        heard += [("octets", data, cuts_of(random, len(data))), ("wait", pause(random))]
    return text, random.random() < 0.3, random.random() < 0.3, random.choice((None, 1.0, 45.0)), tuple(heard)


def _check(text: str, as_octets: bool, options: bool, limit: float | None, heard: tuple[Event, ...]) -> None:
    given = text.encode("latin-1", "replace") if as_octets else text
    script = read_chat(given)
    written = script.text.text
    for exchange in script.exchanges:
        _check_offsets(exchange, written)
    as_text([lint_chat(given, give_up=limit)])
    explain_chat(given)
    fixed = fix_chat(script.text.octets(written))
    assert fix_chat(fixed.data).data == fixed.data, "a second fixing changed something"
    substitutions = Substitutions(b"5551234", rb"\d7", {b"HOME": b"/root"}) if options else Substitutions()
    files = {"secret": b"wonder\\land\n"}
    program = compile_chat(script, ChatOptions(limit, substitutions, files.get))

    def make() -> tuple[ChatRun, Mapping[str, Callable[..., None]]]:
        run = ChatRun(program)
        run.start(now=0.0)
        return run, {}

    check_cutting(make, heard, _ROOM)
    run, _ = make()
    run.standing()


def _check_offsets(exchange: ExpectSend, written: str) -> None:
    parts = [part for turn in exchange.turns for part in (turn.expect, turn.send) if part is not None]
    for part in [*parts, *([exchange.reply] if exchange.reply is not None else [])]:
        assert written[part.start : part.end] == part.text, "a part is not where it says"


TARGETS = [Target("chat", _made, _check, smoke=60)]
