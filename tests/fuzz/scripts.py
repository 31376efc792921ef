"""The two script languages: texts that were changed, and what a remote says to the scripts that are still right."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random

from fuzz.inputs import cuts_of, flooded, mutated, octets, pause
from fuzz.playing import Event, check_cutting
from fuzz.target import Case, Target
from simisp.errors import ScriptError
from simisp.scenario.load import bundled_folder
from simisp.scp import (
    Interpreter,
    Options,
    Program,
    check,
    compile_script,
    decode,
    explain_script,
    format_script,
    parse,
    print_tree,
)
from simisp.scp.fixer import fix
from simisp.scp.lint_report import as_text
from simisp.scp.linter import lint
from simisp.switchinf import Options as SwitchOptions
from simisp.switchinf import Section, SectionMachine, find_section
from simisp.switchinf import parse as parse_switchinf

__all__ = ["TARGETS"]

_ROOM = 2 * 65536  # input that a script does not read, and what its strings may hold

_SCP_TEXT = """proc endproc main if then endif while do endwhile waitfor transmit until goto halt delay getip set port
parity even databits 7 8 stopbits 1 matchcase raw integer string boolean ipaddr screen keyboard on off TRUE FALSE
$USERID $PASSWORD $SUCCESS $FAILURE nTries szReply and or ! == != <= >= = + - * / ( ) , : ; "^M" "<cr>" "ogin:"
"getip_2" 0 5 90 2147483647 -2147483648 "" " ' \\ ^M ;_lint:_allow_SCP101 Again: Again :"""
_SCP_WORDS = [word.replace("_", " ") for word in _SCP_TEXT.split()] + ["\n", "\r\n", "\r", " ", "\t", "\x1a", "\0"]
_INF_WORDS = ["[x]", "[", "]", "COMMAND=", "COMMAND_INIT=", "OK=", "CONNECT=", "LOOP=", "ERROR=", "ERROR_NO_CARRIER=",
              "ERROR_DIAGNOSTICS=", "NoResponse", "NoEcho", "<cr>", "<lf>", "<match>", '"ogin:"', '"', "<?>", "<hFF>",
              "<h0>", "<h", "<username>", "<password>", "<ignore>", "<diagnostics>", "<append>", "<carrierbps>",
              "<<", ">",
              ";", "=", "\n", "\r\n", "\r", " ", "\x1a", "\0", "DEFAULTOFF=", "DEVICETYPE=modem"]  # fmt: skip
_HEARD = [b"ogin:", b"login: ", b"Username:", b"assword:", b"\r\n", b"\r", b"\n", b"start", b"welcome", b"OK", b"ppp",
          b"192.168.1.2", b" 10.0.0.1 ", b"999.1.1.1", b"Service?", b"NO CARRIER", b"error 5", b" ", b"a", b"b",
          b"\xff"]  # fmt: skip
_OPTIONS = ["discard_unread_input", "waitfor_matches_case", "equality_interprets_sequences", "success_at_start",
            "until_zero_waits_forever", "framing_in_software", "trace"]  # fmt: skip


@cache
def _samples(pattern: str) -> list[str]:
    folders = (bundled_folder() / "scripts", Path(__file__).parents[1] / "scp_lint" / "fixtures")
    paths = sorted(path for folder in folders for path in folder.rglob(pattern))
    return [path.read_bytes().decode("latin-1") for path in paths]


def _heard(random: Random) -> tuple[Event, ...]:
    events: list[Event] = []
    for _ in range(random.randint(0, 8)):
        data = flooded(random, octets(random, _HEARD, most=5))
        events += [("octets", data, cuts_of(random, len(data))), ("wait", pause(random))]
    if random.random() < 0.2:
        events.insert(random.randint(0, len(events)), ("circuit", "DCD", False))
    return tuple(events)


# .scp ----------------------------------------------------------------------------------------------------------------


def _made_scp(random: Random) -> Case:
    text = mutated(random, _samples("*.scp"), _SCP_WORDS)
    chosen = tuple(name for name in _OPTIONS if random.random() < 0.2)
    return text, random.random() < 0.3, random.choice((None, 1, 60.0)), chosen, _heard(random)


def _check_scp(
    text: str, as_octets: bool, give_up: float | None, chosen: tuple[str, ...], heard: tuple[Event, ...]
) -> None:
    given = text.encode("latin-1", "replace") if as_octets else text
    checked = check(parse(given))
    print_tree(checked.parsed.tree)
    as_text([lint(given, give_up=give_up)])
    once = fix(given, give_up=give_up)
    if not checked.has_errors:
        assert not check(parse(once.text)).has_errors, "a fix broke a script"
    if isinstance(given, bytes):
        once.encoded_like(given)
    with contextlib.suppress(ScriptError):
        explain_script(given)
    with contextlib.suppress(ScriptError):
        formatted = format_script(decode(given) if isinstance(given, bytes) else given)
        assert format_script(formatted) == formatted, "a second formatting changed something"
        assert parse(formatted).tree == checked.parsed.tree, "formatting changed the script"
    for script in (given, once.text):
        try:
            program = compile_script(script)
        except ScriptError as error:
            str(error)
            continue
        _check_interpreter(program, chosen, heard)


def _check_interpreter(program: Program, chosen: tuple[str, ...], heard: tuple[Event, ...]) -> None:
    options = Options(**dict.fromkeys(chosen, True))

    def make() -> tuple[Interpreter, Mapping[str, Callable[..., None]]]:
        script = Interpreter(program, user_id="alice", password="wonderland", options=options)
        script.start(now=0.0)
        return script, {}

    check_cutting(make, heard, _ROOM)


# SWITCH.INF ----------------------------------------------------------------------------------------------------------


def _made_switchinf(random: Random) -> Case:
    text = mutated(random, _samples("*.inf"), _INF_WORDS)
    return text, random.random() < 0.3, random.random() < 0.5, _heard(random)


def _check_switchinf(text: str, as_octets: bool, goes_on: bool, heard: tuple[Event, ...]) -> None:
    parsed = parse_switchinf(text.encode("latin-1", "replace") if as_octets else text)
    with contextlib.suppress(ScriptError):
        find_section(parsed, "no such section")
    for known in parsed.sections:
        try:
            section = find_section(parsed, known.name)
        except ScriptError as error:
            str(error)
            continue

        def make(section: Section = section) -> tuple[SectionMachine, Mapping[str, Callable[..., None]]]:
            options = SwitchOptions(goes_on_without_response=goes_on, trace=True)
            script = SectionMachine(section, user_id="alice", password="wonderland", options=options)
            script.start(now=0.0)
            return script, {}

        check_cutting(make, heard, _ROOM)


TARGETS = [
    Target("scp", _made_scp, _check_scp, smoke=12),
    Target("switchinf", _made_switchinf, _check_switchinf, smoke=20),
]
