"""A chat script in words, statement by statement."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.meaning import ActInSend, SendText, atoi
from simisp.chat.program import DEFAULT_LIMIT
from simisp.chat.reader import ChatKeyword, ChatPart, ChatSetting, ExpectSend, read_chat
from simisp.chat.rules.subject import ChatLintSettings, ChatSubject
from simisp.diagnostics import places_of_words
from simisp.visible import visible

__all__ = ["explain_chat"]

_ACTS = {ActInSend.DELAY: "a second's delay", ActInSend.PAUSE: "a hundredth's pause", ActInSend.BREAK: "a break"}
_FIRST_ABORT = 4


def explain_chat(data: str | bytes, name: str = "<chat>") -> str:
    r"""Return what a script does, a line for each statement, with passwords masked.

    Example:
        >>> print(explain_chat("ABORT BUSY '' ATZ OK-AT-OK ATDT1"))
           1  from here on, BUSY ends the script with exit status 4
           1  sends "ATZ\r" at once
           1  waits up to 45 s for "OK", or else sends "AT\r", waits up to 45 s for "OK", or else fails; sends "ATDT1\r"
    """
    subject = ChatSubject(read_chat(data, name), ChatLintSettings())
    text = "\n".join(_lines(subject))
    for start, end in reversed(places_of_words(text, _passwords(subject))):
        text = f"{text[:start]}{'*' * (end - start)}{text[end:]}"
    return text


def _passwords(subject: ChatSubject) -> Iterator[str]:
    """Yield the passwords that are in the script."""
    for exchange in subject.script.exchanges:
        reply = exchange.reply
        if reply is not None and subject.asks_for_password(exchange) and subject.is_visible(reply):
            yield visible(subject.sent(reply).data.decode("latin-1").rstrip("\r"))


def _lines(subject: ChatSubject) -> Iterator[str]:
    moments = iter(subject.moments)
    aborts: list[bytes] = []
    for statement in subject.script.statements:
        if isinstance(statement, ExpectSend):
            moment = next(moments)
            text = _exchange(subject, statement, moment.limit)
        else:
            text = _setting(subject, statement, aborts)
        yield f"{statement.place.line:4}  {text}"
    broken = subject.script.file.unterminated
    if broken is not None:
        yield f"{broken.line:4}  ends with exit status 1: a quote is not closed"


def _setting(subject: ChatSubject, setting: ChatSetting, aborts: list[bytes]) -> str:
    if setting.value is None:
        return f"{setting.keyword.value} without its value: does nothing"
    octets = subject.expected(setting.value.text)
    if setting.keyword is ChatKeyword.ABORT:
        aborts.append(octets)
    elif setting.keyword is ChatKeyword.CLR_ABORT:
        aborts[:] = [each for each in aborts if each != octets]
    seconds = atoi(octets)
    return _SETTINGS[setting.keyword].format(
        value=visible(octets.decode("latin-1")),
        status=_FIRST_ABORT + len(aborts) - 1,
        seconds=seconds if seconds > 0 else DEFAULT_LIMIT,
        shows="shows what comes from here on" if octets == b"ON" else "no longer shows what comes",
        counts="ends" if octets != b"OFF" else "does not end",
    )


_SETTINGS = {
    ChatKeyword.ABORT: "from here on, {value} ends the script with exit status {status}",
    ChatKeyword.CLR_ABORT: "{value} no longer ends the script; the exit statuses of later ABORT texts move up",
    ChatKeyword.TIMEOUT: "from here on, each wait and each send lasts up to {seconds} s",
    ChatKeyword.REPORT: "reports the next line with {value}",
    ChatKeyword.CLR_REPORT: "no longer reports {value}",
    ChatKeyword.SAY: "says to the user: {value}",
    ChatKeyword.ECHO: "{shows}",
    ChatKeyword.HANGUP: "a hang-up {counts} the script from here on",
}


def _exchange(subject: ChatSubject, exchange: ExpectSend, limit: float) -> str:
    secret = subject.asks_for_password(exchange)
    reply = "" if exchange.reply is None else _sends(subject, exchange.reply, secret=secret)
    waits = []
    for turn in exchange.turns:
        expected = subject.expected(turn.expect.text)
        wait = f'waits up to {limit:g} s for "{visible(expected.decode("latin-1"))}"' if expected else ""
        if wait:
            waits.append(wait)
            waits.append("or else fails" if turn.send is None else "or else " + _sends(subject, turn.send))
    if not waits:
        return f"{reply or 'sends nothing'} at once"
    if exchange.goes_on_in_any_case:
        waits.append("and goes on in any case")
    return ", ".join(waits) + (f"; {reply}" if reply else "")


def _sends(subject: ChatSubject, part: ChatPart, *, secret: bool = False) -> str:
    if part.text.startswith("@") and len(part.text) > 1:
        return f"sends the file {visible(part.text[1:].strip())}"
    text = subject.sent(part)
    if secret and subject.is_visible(part):
        return "sends a password that is in the script"
    return f"sends {_shown(text)}"


def _shown(text: SendText) -> str:
    """Return what is sent, delays and breaks in their places."""
    words: list[str] = []
    run = bytearray()
    for element in (*text.elements, None):
        if isinstance(element, int):
            run.append(element)
            continue
        if run:
            words.append(f'"{visible(run.decode("latin-1"))}"')
            run.clear()
        if element is not None:
            words.append(_ACTS[element])
    return ", ".join(words) or "nothing"
