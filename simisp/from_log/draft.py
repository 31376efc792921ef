"""Makes a scenario of what a log says, with a comment for each guess."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise

from simisp.errors import ScenarioError
from simisp.from_log.said import LoggedText, ReadLog, SeenPpp, Side
from simisp.scenario.load import loads
from simisp.scenario.yaml_text import quoted

__all__ = ["draft"]

_ENDS = {"BUSY": "busy", "NO ANSWER": "no answer", "NO DIALTONE": "no dial tone", "NO DIAL TONE": "no dial tone"}
_CODES = {"OK", "ERROR", "NO CARRIER", "RING", *_ENDS}
_NAMED = re.compile(r"AT([+^*#%$][A-Z0-9]{2,20}\??(?:=[^;]{0,80})?)", re.IGNORECASE)
_DIALLED = re.compile(r"ATD[TP]?([0-9*#,+]{1,40})", re.IGNORECASE)
_SECRET = re.compile(r"pass|word:|secret", re.IGNORECASE)
_NAME = re.compile(r"\{\w+\}", re.ASCII)
_SILENCE = "    - silence  # guess: {}"
_HANG_UP = "    - hang up  # guess: it was the ISP that did"
_UNANSWERED = "silence  # guess: no answer is in the log"
_BEGINS_ANEW = re.compile(r"AT(?:Z|&F|D|H|E[01])|\+\+\+", re.IGNORECASE)
"""What a client sends to a modem, and not to an ISP: it has given the call up."""
_A_DAY_S, _SHORTEST_S, _LONGEST_S = 86400.0, 0.1, 600.0
"""Between which times a call is taken to have been answered."""
_LONGEST_CALL_S = 36000.0
"""For how long a call is taken to have stayed up with nothing sent on it; more is a clock that was set."""
_MOST = 500
"""Things that are taken from a log for one section."""


def draft(log: ReadLog, name: str) -> str:
    """Return a scenario as YAML that a person goes on with; it loads as it is.

    Args:
        log: What the log says.
        name: The log's name, for the title.

    Raises:
        ScenarioError: Nothing of it makes a scenario.
    """
    at = next((number for number, each in enumerate(log.said) if _connects(each)), len(log.said))
    before, after = log.said[:at], log.said[at:]
    header = [
        f"# Drafted from {json.dumps(name)}, which was taken for {log.format.value}. Each guess is marked.",
        f"title: {quoted('What ' + name + ' shows')}",
    ]
    parts = [_modem(before, after), _exchange(before, after), _isp(after, log.ppp)]
    text = "\n".join([*header, *(line for part in parts for line in part), ""])
    loads(text)
    return text


def _connects(said: LoggedText) -> bool:
    return said.side is Side.LINE and said.text.startswith("CONNECT")


def _modem(before: Sequence[LoggedText], after: Sequence[LoggedText]) -> list[str]:
    rows = _rows(before)
    cellular = any(re.match(r"\+(?:C[A-Z]{3}|CG|COPS|CREG)", command) for command in rows)
    lines = ["modem:", f"  profile: {'gsm' if cellular else 'hayes'}  # guess: by the commands that were sent"]
    rate = re.match(r"CONNECT (\d+)", after[0].text) if after else None
    if rate is not None:
        lines.append(f"  connect: {rate[1]}")
    kept = [f"    {_octets(command)}: {_octets(answer) if answer else _UNANSWERED}" for command, answer in rows.items()]
    kept = [row for row in kept if _is_row(lines[1], row)]
    return [*lines, "  commands:  # guess: each answer is the same whenever it is asked", *kept] if kept else lines


def _is_row(profile: str, row: str) -> bool:
    try:
        loads(f"title: x\nmodem:\n{profile}\n  commands:\n{row}\n")
    except ScenarioError:
        return False
    return True


def _rows(before: Sequence[LoggedText]) -> dict[str, str]:
    """Return the answer to each command that has one of its own: an empty one if it was never answered.

    A log that has no OK at all leaves results out, and says nothing of what was not answered.
    """
    rows: dict[str, str] = {}
    has_results = any(said.side is Side.LINE and said.text == "OK" for said in before)
    answered = set[str]()
    command, answer = "", list[str]()
    for said in (*before, LoggedText(Side.CLIENT, "")):
        if said.side is Side.LINE:
            answer.append(said.text)
            continue
        texts = [text for text in answer if text.strip() and text not in _CODES and text != command]
        named = _NAMED.fullmatch(command)
        if named is not None and len(rows) < _MOST and (texts or "ERROR" in answer):
            rows[named[1]] = rows.get(named[1]) or "\n".join(texts) or "ERROR"
        elif named is not None and len(rows) < _MOST and has_results and not answer:
            rows.setdefault(named[1], "")
        elif named is not None:
            answered.add(named[1])
        command, answer = said.text, []
    return {command: answer for command, answer in rows.items() if answer or command not in answered}


def _exchange(before: Sequence[LoggedText], after: Sequence[LoggedText]) -> list[str]:
    dialled = next((said for said in reversed(before) if _DIALLED.match(said.text)), None)
    if dialled is None:
        return []
    found = _DIALLED.match(dialled.text)
    assert found is not None
    lines = ["exchange:"]
    if after:
        if after[0].at is None or dialled.at is None:
            return []
        took = (after[0].at - dialled.at) % _A_DAY_S  # a time of day may have passed midnight
        if not _SHORTEST_S <= took <= _LONGEST_S:
            return []
        return [*lines, f"  answer_after: {took:.3g}s  # guess: from ATD to CONNECT"]
    behind = before[before.index(dialled) :]
    end = next((_ENDS[said.text] for said in behind if said.text in _ENDS), "no carrier")
    number = re.sub(r"[^0-9*#+]", "", found[1])
    return [
        *lines,
        f"  {quoted(number)}: {end}" + ("" if end in _ENDS.values() else "  # guess: it never connected"),
    ]


def _isp(after: Sequence[LoggedText], ppp: SeenPpp | None) -> list[str]:
    """Return the dialogue: what the line said, and what was answered."""
    if not after:
        return []
    section = [] if ppp is None else _ppp(ppp)
    return ["isp:", *section, "  dialogue:", *_steps(after, ends_in_ppp=ppp is not None)]


def _ppp(seen: SeenPpp) -> list[str]:
    """Return what the log says of the ISP's side of PPP."""
    lines = [
        *(["    behaviour: silent in LCP  # guess: no frame of the ISP is in the log"] if not seen.answered else []),
        *([f"    local: {seen.local}"] if seen.local else []),
        *([f"    remote: {seen.remote}"] if seen.remote else []),
        *([f"    dns: [{', '.join(seen.dns)}]"] if seen.dns else []),
    ]
    if seen.auth:
        name = quoted(seen.user or "NAME")
        lines.append(f"    # auth: {seen.auth}  # as in the log: it needs isp: accounts: {{{name}: PASSWORD}}")
    return (
        ["  ppp:", *lines]
        if any(not line.lstrip().startswith("#") for line in lines)
        else [line.removeprefix("  ") for line in lines]
    )


def _steps(after: Sequence[LoggedText], *, ends_in_ppp: bool) -> list[str]:
    steps: list[str] = []
    end = "    - ppp  # guess: what came behind it" if ends_in_ppp else _SILENCE.format("nothing more is in the log")
    waiting: list[LoggedText] = []
    for earlier, said in pairwise(after[: _MOST + 1]):
        if said.side is Side.LINE:
            if said.text == "NO CARRIER":
                steps += [*_banners(waiting), *_pause(earlier, said), _HANG_UP]
                waiting = []
                break
            waiting += [said] if said.text.strip() else []
            continue
        if _BEGINS_ANEW.match(said.text):
            end = _SILENCE.format("the client gave up here, and began anew")
            break
        if waiting:
            steps += [*_banners(waiting[:-1]), *_prompt(waiting[-1], said)]
        elif said.text:
            steps += [f"    - expect: {_octets(said.text)}"]
        waiting = []
    steps += _banners(waiting)
    return steps if steps and steps[-1] == _HANG_UP else [*steps, end]


def _pause(earlier: LoggedText, later: LoggedText) -> list[str]:
    """Return how long the call stayed up after all that was sent on it, where the log has both times."""
    if earlier.at is None or later.at is None:
        return []
    took = (later.at - earlier.at) % _A_DAY_S
    return [f"    - pause: {took:.3g}s  # guess: as long as in the log"] if 1 <= took <= _LONGEST_CALL_S else []


def _banners(said: Sequence[LoggedText]) -> list[str]:
    return [f"    - banner: {_sent(each.text)}" for each in said]


def _prompt(asked: LoggedText, answer: LoggedText) -> list[str]:
    line = f"    - prompt: {_sent(asked.text)}"
    if answer.is_hidden or _SECRET.search(asked.text):
        return [line + "  # any answer will do: what was typed is not copied"]
    if not answer.text:
        return [line]
    return [line, f"      expect: {_octets(answer.text)}  # guess: only this is right"]


def _sent(text: str) -> str:
    """Return what the ISP sent. A name in braces is not one for an answer: the octets came like this."""
    return _octets(_NAME.sub(r"{\g<0>}", text))


def _octets(text: str) -> str:
    """Return what was sent as a scenario has it: in quotes, each character an octet.

    A log with a character that is no octet has read the line as UTF-8.
    """
    return quoted(text if max(text, default="") <= "\xff" else text.encode("utf-8", "replace").decode("latin-1"))
