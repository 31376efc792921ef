"""Scenarios in words and as pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simisp.scenario.explain import diagram, explain
from simisp.scenario.load import bundled, load, loads
from simisp.scenario.wording import how_long, joined, ordinal, quoted, shown

OK = Path(__file__).parent / "ok"
LOG_IN = (
    'Ask "Username:", then "Password:" without echo, and check them against the accounts. '
    r'The reply to a wrong log-in is "Login incorrect\n". After 3 of them hang up.'
)
OTHER_LOG_IN = (
    'Ask "User?", then "Pass?" without echo, and check them against the accounts. '
    r'The reply to a wrong log-in is "No.\n". After the first hang up.'
)
FILES = [*OK.glob("*.yaml"), *bundled()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_can_be_told_without_its_passwords(path: Path) -> None:
    loaded = load(path)
    words = explain(loaded)
    assert words.startswith(shown(loaded.model.title))
    assert words.replace("\n", "").isprintable()
    if "wonderland" in path.read_text():
        assert "wonderland" not in words
    for name in loaded.programs:
        assert quoted(name) in words or loaded.calls == ("dialogue",) or len(loaded.programs) == 1


def test_the_founding_case_reads_as_it_should() -> None:
    words = explain(load("kb175410"))
    assert words.split("\n\n", 3)[3].splitlines() == [
        "The modem is a Hayes modem; a call connects at 33600 bit/s.",
        "Every number reaches the ISP, which answers after 1 s.",
        'The ISP knows "alice".',
        'The first call gets the dialogue "silent".',
        'The second call and every later one gets the dialogue "login".',
        "",
        'In the dialogue "silent" the ISP does this:',
        '1. Send "OzEmail Internet\\n", on a line of its own.',
        '2. Ask "Service?" and read a line. "p" is correct.',
        "   - Anything else: ask again.",
        '3. Ask "Username:" and read a line. Remember it as username. Any answer will do.',
        '4. Record "the ISP stops responding" in the transcript.',
        "5. Fall silent forever: nothing is answered, and input is lost.",
        "",
        'In the dialogue "login" the ISP does this:',
        '1. Send "OzEmail Internet\\n", on a line of its own.',
        '2. Ask "Service?" and read a line. "p" is correct.',
        "   - Anything else: ask again.",
        f"3. {LOG_IN}",
        '4. Send "Entering PPP mode\\n".',
        "5. Speak PPP: the log-in is by CHAP; it tells the DNS server 10.0.0.53; ICMP echo is answered.",
        "",
        "In the end this must hold:",
        '- The dialogue reaches "the ISP stops responding".',
        '- User names and passwords pass only at "Username:" and "Password:".',
    ]


def test_every_step_and_every_choice_has_its_sentence() -> None:
    assert explain(load(OK / "every-step.yaml")).splitlines()[4:] == [
        "The modem follows V.250; a call connects at 9600 bit/s.",
        "The number *99# is answered by a person.",
        "The number +61 reaches the ISP, which answers after 120 s.",
        "Every other number gets no dial tone.",
        'The ISP knows the users "alice" and "bob".',
        "The ISP speaks 7E1, seen here as eight bits and no parity.",
        'The first call gets the dialogue "main".',
        'The second call gets the dialogue "main".',
        'The third call and every later one gets the dialogue "other".',
        "",
        'In the dialogue "main" the ISP does this:',
        '1. Send "Hello\\n", on a line of its own.',
        '2. (This place is called "top".)',
        '3. Ask "Who?" and read a line, without echo. Remember it as who.',
        '   - "a": go on.',
        '   - "b": ask again.',
        '   - "c": go on at "top".',
        "   - whatever matches /[0-9]{1,3}/:",
        '      1. Send "{{n}}\\n".',
        "      2. Do this 2 times:",
        "         1. Pause for 10 ms; input is kept meanwhile.",
        "         2. Ask again.",
        "   - Anything else:",
        '      1. Record "strange" in the transcript.',
        '      2. Continue at "top".',
        '4. Ask "Name:" and read a line. Remember it as name.',
        "   - Anything else: go on.",
        "   - No answer within 60 s:",
        '      1. Send "Late\\n".',
        "      2. Hang up.",
        '5. Send "Hello {name}".',
        '6. Read a line, without echo, until it is "go". Remember it as word.',
        "   - Anything else:",
        "      1. Hang up.",
        f"7. {LOG_IN}",
        f"8. {OTHER_LOG_IN}",
        "9. Do this once:",
        "   1. Pause for 500 ms; input is kept meanwhile.",
        "   2. Fall silent for 120 s: nothing is answered, and input is lost.",
        "10. Do this again and again:",
        '   1. Ask "again?" and read a line. Any answer will do.',
        "11. Pause for 500 ms; input is kept meanwhile.",
        "12. Wait until the client sends a break; input is kept meanwhile.",
        "13. Wait until the client turns DTR off; input is kept meanwhile.",
        "   - Not within 5 s: wait again.",
        "14. Wait until the client sets the port to 2400 bit/s; input is kept meanwhile.",
        "   - Not within 60 s:",
        '      1. Send "Late\\n".',
        "      2. Wait again.",
        "15. Fall silent forever: nothing is answered, and input is lost.",
        "16. Hang up.",
        '17. Continue at "top".',
        '18. Speak PPP: the log-in is by PAP; the client gets the address 10.0.0.9; its behaviour is "carrier gone".',
        "",
        'In the dialogue "other" the ISP does this:',
        "Nothing: the call stays up.",
        "",
        'In the dialogue "slip" the ISP does this:',
        "1. Speak SLIP; ICMP echo is answered.",
        "",
        'In the dialogue "program" the ISP does this:',
        '1. Leave the line to "cat -u", and hang up when it ends.',
        "",
        'In the dialogue "program in its surroundings" the ISP does this:',
        '1. Leave the line to "env" without a terminal in "files" with X in its environment, and hang up when it ends.',
        "",
        'In the dialogue "packets" the ISP does this:',
        '1. Speak PPP: a program behind the link gets each packet in a frame of SLIP; the program is "slirp-fullbolt".',
        "",
        'In the dialogue "its own ppp" the ISP does this:',
        '1. Leave the line to "slirp" on a terminal that changes nothing, which speaks PPP, and hang up when it ends.',
        "",
        "In the end this must hold:",
        "- The port is free again within 60 min of its first opening.",
        '- User names and passwords pass only at "Username:" and "Password:".',
        "- The client ends with exit status 0.",
        '- The dialogue reaches "strange".',
        "- The ISP answers 2 calls.",
    ]


def test_without_a_modem_no_number_is_told() -> None:
    words = explain(load(OK / "leased-line.yaml"))
    assert "a leased line instead of a modem" in words
    assert "number" not in words


@pytest.mark.parametrize(
    ("exchange", "told"), [("{default: busy}", False), ('{default: busy, "5": isp}', True), ("{default: isp}", True)]
)
def test_an_isp_without_a_dialogue_is_told_where_it_can_be_reached(exchange: str, told: bool) -> None:
    words = explain(loads(f"title: x\nexchange: {exchange}\n"))
    assert ("says nothing" in words) is told


@pytest.mark.parametrize(
    ("steps", "goes_on"),
    [
        ("[send: x]", True),
        ("[silence]", False),
        ("[silence: 3s]", True),
        ("[hang up]", False),
        ("[repeat: {steps: [pause: 1s]}]", False),
        ("[repeat: {times: 2, steps: [pause: 1s]}]", True),
        ("[{label: a}, {pause: 1s}, {go to: a}]", False),
    ],
)
def test_what_comes_after_the_last_step_is_told_where_anything_does(steps: str, goes_on: bool) -> None:
    assert ("stays up" in explain(loads(f"title: x\nisp: {{dialogue: {steps}}}"))) is goes_on


def test_what_a_terminal_would_act_on_is_never_shown() -> None:
    text = 'title: "a\\e[2Jb"\nabout: "one\\ttwo\\e\\nthree\\x07"\nisp: {dialogue: [{send: "\\e]0;x\\a\\x9b"}]}\n'
    words = explain(loads(text)) + diagram(loads(text))
    assert words.replace("\n", "").isprintable()
    assert r'Send "\x1b]0;x\x07\x9b".' in words


# Pictures ------------------------------------------------------------------------------------------------------------

STATE = re.compile(r'state "((?:[\w .,?!\'()/+*=]|#\d+;)*)" as (\w+)( \{)?')
TRANSITION = re.compile(r"(\[\*\]|\w+) --> (\[\*\]|\w+)(?: : ((?:[\w .,?!'()/+*=]|#\d+;)+))?")


def check_picture(text: str) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Return the states and transitions of a picture whose every line is one that mermaid takes."""
    first, *lines = text.splitlines()
    assert first == "stateDiagram-v2"
    states: dict[str, str] = {}
    transitions = []
    depth = 0
    for line in map(str.strip, lines):
        if line == "}":
            depth -= 1
        elif state := STATE.fullmatch(line):
            assert state[2] not in states
            states[state[2]] = re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), state[1])
            depth += state[3] is not None
        else:
            transition = TRANSITION.fullmatch(line)
            assert transition is not None, line
            transitions.append((transition[1], transition[2], transition[3] or ""))
    assert depth == 0
    assert {end for before, after, _ in transitions for end in (before, after)} - {"[*]"} == set(states)
    return states, transitions


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_picture_is_mermaid_and_shows_every_state_once(path: Path) -> None:
    loaded = load(path)
    states, _ = check_picture(diagram(loaded))
    shown_prompts = " ".join(states.values())
    for name in set(loaded.calls):
        program = loaded.programs[name]
        assert len(states) <= sum(len(loaded.programs[other].code) + 2 for other in loaded.programs) + 1
        assert not program.code or shown_prompts


def test_the_picture_of_a_hang_ends_in_silence() -> None:
    states, transitions = check_picture(diagram(load("hang")))
    assert states == {"s1": 'asks "Service?"', "s3": 'asks "Username:"', "s4": "is silent forever"}
    assert transitions == [
        ("[*]", "s1", ""),
        ("s1", "s3", "p"),
        ("s1", "s1", "anything else"),
        ("s3", "s4", "any line"),
    ]


def test_calls_lead_from_dialogue_to_dialogue() -> None:
    states, transitions = check_picture(diagram(load(OK / "every-step.yaml")))
    assert [states["d1"], states["d2"]] == ['dialogue "main"', 'dialogue "other"']
    assert transitions[-3:] == [
        ("[*]", "d1", "first call"),
        ("d1", "d1", "second call"),
        ("d1", "d2", "third call and later"),
    ]


def test_loops_accounts_and_ends_are_drawn() -> None:
    states, transitions = check_picture(
        diagram(
            loads(
                "title: x\nisp:\n  accounts: {a: b}\n  dialogue:\n    - repeat: {times: 2, steps: [pause: 1s]}\n"
                "    - authenticate: {attempts: 1}\n    - expect: x\n"
            )
        )
    )
    names = {name: identifier for identifier, name in states.items()}
    loop, pause, check = names["was that 2 times?"], names["pauses 1 s"], names["checks the account"]
    assert (loop, pause, "no") in transitions
    assert (pause, loop, "then") in transitions
    assert [label for before, _, label in transitions if before == check] == [
        "right",
        "wrong for the first time / sends #34;Login incorrect#34;",
    ]
    assert (names["hangs up"], "[*]", "") in transitions
    assert (names["reads a line"], names["the call stays up"], "x") in transitions


@settings(max_examples=60, deadline=None)
@example("{0}")
@given(st.text(st.characters(min_codepoint=0, max_codepoint=255), min_size=1, max_size=30))
def test_no_text_breaks_a_picture(text: str) -> None:
    answer = "".join(f"\\x{ord(character):02x}" for character in text)
    plain = answer if text.strip("/") else "x"
    sent = answer.replace("\\x7b", "{{").replace("\\x7d", "}}")  # {0} would be what was read as 0
    steps = f'[{{prompt: "{sent}", choices: {{"x{plain}": next}}}}, {{send: "{sent}"}}]'
    check_picture(diagram(loads(f"title: x\nisp: {{dialogue: {steps}}}")))


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0 ms"), (0.0005, "0.5 ms"), (0.25, "250 ms"), (1.0, "1 s"), (1.25, "1.25 s"), (120.0, "120 s"),
     (180.0, "3 min"), (181.0, "181 s"), (86400.0, "1440 min"), (31_622_399.5, "31622399.5 s")],
)  # fmt: skip
def test_durations_have_the_unit_that_suits_them(seconds: float, words: str) -> None:
    assert how_long(seconds) == words


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111)] == [
        "first", "second", "third", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st", "111th",
    ]  # fmt: skip


def test_enumerations() -> None:
    assert joined(["a"]) == "a"
    assert joined(["a", "b"], "or") == "a or b"


def test_long_texts_are_cut() -> None:
    assert quoted("x" * 300, 10) == '"xxxxxxxxxx…"'


def test_several_ports_and_a_plug_are_told() -> None:
    modem = "{profile: gsm, ports: [at, ppp, nmea], unplug: {after: 10s, for: 3s, comes back as: next name}}"
    told = explain(loads(f"title: x\nmodem: {modem}\nisp: {{dialogue: [silence]}}"))
    assert "It has the ports at, ppp and nmea, on one state." in told
    assert "It is unplugged 10 s after it was first opened, and comes back 3 s later under the next name." in told
