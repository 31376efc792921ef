"""Reads logs, each line by itself; a line that is not understood is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from simisp.facts.line import CallEnded, CallHandedOver, Octets
from simisp.facts.sources import Source
from simisp.from_log.said import LogFormat, LoggedText, ReadLog, Side
from simisp.transcript import TranscriptFile, read
from simisp.transcript.json_lines import FORMAT

__all__ = ["read_log"]

_CLOCK = re.compile(r"\b(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,3}))?")
_TICKS = re.compile(r"^[VDIWE] \((\d+)\) ")
_CHAT = re.compile(r"\bchat\[\d+\]: (.*)$")
_PPP = re.compile(r"\bpppd\[\d+\]: (?:sent|rcvd) \[")
_ASIDE = re.compile(
    r"^(?:expect \(|abort on \(|timeout set to|report \(|clear |-- got it|\s*-- |alarm|Failed|Connect|SIG|send \(\\)"
)
_OUT = r"(?:TX|tx|Tx|-->|->|>>|send|sent|Sending|command sent|>(?=\s))"
_IN = r"(?:RX|rx|Rx|<--|<-|<<|recv|received|Received|response|<(?=\s))"
_STAMPED = re.compile(rf"(?:(?:^|[\s\]:])(?:(?P<out>{_OUT})|(?P<in>{_IN})))\s*[:=]?\s*(?P<text>\S.*)$")
_CONTROL = re.compile(r"<(?:dbg|inf|wrn|err)>|\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_ASKED = re.compile(r"^(.{0,60}?[:?>%$#])\s?(.*)$")
_NAMES = re.compile(r"(?:\\[rn])+$|(?:<CR>|<LF>|\^M)+$", re.IGNORECASE)


def read_log(text: str) -> ReadLog:
    """Return what a log says. Its format is recognised by its lines.

    Args:
        text: The log.

    Raises:
        TranscriptError: It begins as a transcript, and is none.
    """
    lines = text.splitlines()
    if lines and FORMAT in lines[0]:
        return _transcript(read(line + "\n" for line in lines))
    if any(_CHAT.search(line) for line in lines):
        return ReadLog(LogFormat.CHAT, tuple(_without_echo(_chat(lines))), ppp=any(map(_PPP.search, lines)))
    if sum(_is_stamped(line) for line in lines) >= 2:
        return ReadLog(LogFormat.STAMPED, tuple(_stamped(lines)))
    return ReadLog(LogFormat.SCREEN, tuple(_screen(lines)))


def _transcript(file: TranscriptFile) -> ReadLog:
    """Return what a transcript says, up to the end of the first call that the client ended."""
    said: list[LoggedText] = []
    pending = {Side.CLIENT: "", Side.LINE: ""}
    ppp = False
    for record in file.records:
        if isinstance(record.fact, CallHandedOver) and record.fact.to.lower().startswith("ppp"):
            ppp = True
        if ppp or (isinstance(record.fact, CallEnded) and record.fact.by == "client"):
            break
        if not isinstance(record.fact, Octets):
            continue
        side = Side.CLIENT if record.source is Source.CLIENT else Side.LINE
        if side is Side.CLIENT and _ASKED.fullmatch(pending[Side.LINE]):
            said.append(LoggedText(Side.LINE, pending[Side.LINE], record.at, is_prompt=True))
            pending[Side.LINE] = ""
        *whole, pending[side] = re.split(r"\r\n|\r|\n", pending[side] + record.data.decode("latin-1"))
        said += [LoggedText(side, line, record.at, is_hidden=bool(line) and not line.strip("*")) for line in whole]
    if pending[Side.LINE]:
        said.append(LoggedText(Side.LINE, pending[Side.LINE], is_prompt=True))
    return ReadLog(LogFormat.TRANSCRIPT, tuple(_without_echo(said)), ppp=ppp)


def _without_echo(said: Iterable[LoggedText]) -> Iterator[LoggedText]:
    typed: list[str] = []
    for each in said:
        if each.side is Side.CLIENT:
            typed.append(each.text)
        elif each.text and each.text in typed:
            typed.remove(each.text)
            continue
        yield each


def _chat(lines: Sequence[str]) -> Iterator[LoggedText]:
    connected = False
    for line in lines:
        found = _CHAT.search(line)
        if found is None:
            continue
        text, at = found[1], _time(line)
        if text.startswith("send ("):
            sent = text[6:].rstrip().removesuffix(")")
            hidden = bool(sent) and not sent.replace("^M", "").strip("?")
            yield LoggedText(Side.CLIENT, sent.replace("^M", ""), at, is_hidden=hidden)
        elif not _ASIDE.match(text):
            words = text.replace("^M", "").replace("^J", "").strip()
            if connected and re.fullmatch(r"[0-9]+(?:/.*)?", words):
                continue  # the rest of the line with CONNECT
            connected = words.startswith("CONNECT")
            if words and not words.startswith("AT"):
                yield LoggedText(
                    Side.LINE, words, at, is_prompt=_ASKED.fullmatch(words) is not None and words[-1] in ":?>"
                )


def _is_stamped(line: str) -> bool:
    return _time(line) is not None and _STAMPED.search(line) is not None


def _stamped(lines: Sequence[str]) -> Iterator[LoggedText]:
    for line in lines:
        found = _STAMPED.search(_CONTROL.sub("", line))
        if found is None or _time(line) is None:
            continue
        words = _NAMES.sub("", found["text"].strip().strip("'\"")).strip()
        side = Side.CLIENT if found["out"] else Side.LINE
        if words:
            yield LoggedText(side, words, _time(line), is_prompt=side is Side.LINE and words[-1] in ":?>")


def _screen(lines: Sequence[str]) -> Iterator[LoggedText]:
    """Yield what a screen shows: a line that begins with AT was typed, and so is what stands behind a prompt."""
    online = False
    for line in lines:
        words = _CONTROL.sub("", line).strip()
        asked = _ASKED.fullmatch(words)
        if not words:
            continue
        if not online and words.upper().startswith("AT"):
            yield LoggedText(Side.CLIENT, words)
        elif online and asked is not None:
            yield LoggedText(Side.LINE, asked[1], is_prompt=True)
            yield LoggedText(Side.CLIENT, asked[2], is_hidden=not asked[2])
        else:
            yield LoggedText(Side.LINE, words)
        online = words.startswith("CONNECT") or (online and words != "NO CARRIER")


def _time(line: str) -> float | None:
    """Return the time stamp of a line in seconds, from whenever its clock counts."""
    if ticks := _TICKS.match(_CONTROL.sub("", line)):
        return int(ticks[1]) / 1000
    if clock := _CLOCK.search(line):
        hours, minutes, seconds = (int(clock[number]) for number in (1, 2, 3))
        return hours * 3600 + minutes * 60 + seconds + (float(f"0.{clock[4]}") if clock[4] else 0.0)
    return None
