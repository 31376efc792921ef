"""Parses statements that contain no others: commands, assignments, labels, and declarations."""

from __future__ import annotations

from simisp.diagnostics import nearest
from simisp.scp.expression_parser import ExpressionParser
from simisp.scp.faults import Fault
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.syntax import (
    SYSTEM_NAMES,
    Alternative,
    Assign,
    Declaration,
    Delay,
    Expression,
    GetIpCommand,
    Goto,
    Halt,
    Label,
    Name,
    PortSetting,
    SetIpAddressCommand,
    SetPortCommand,
    SetScreenCommand,
    Statement,
    SystemVariable,
    Transmit,
    ValueType,
    Variable,
    Waitfor,
)
from simisp.scp.token_stream import TokenStream, described

__all__ = ["PORT_VALUES", "StatementParser"]

PORT_VALUES = {
    PortSetting.DATABITS: ("5", "6", "7", "8"),
    PortSetting.PARITY: ("none", "odd", "even", "mark", "space"),
    PortSetting.STOPBITS: ("1", "2"),
}
"""The values of each setting of the port."""

_SECONDS = "a number of seconds"


class StatementParser:
    """Parses one statement at a time from a stream of tokens; the caller has looked at the first token.

    Each method returns the statement, or None if a mistake, which it has reported, leaves nothing to return.
    """

    def __init__(self, stream: TokenStream) -> None:
        self._stream = stream
        self._expressions = ExpressionParser(stream)
        self._commands = {
            "delay": self._delay,
            "getip": self._getip,
            "goto": self._goto,
            "halt": self._halt,
            "set": self._set,
            "transmit": self._transmit,
            "waitfor": self._waitfor,
        }

    def condition(self, closing: str) -> Expression:
        """Parse the condition of an ``if`` or ``while``, and the word that must follow it."""
        opening = self._stream.previous
        value = self._expressions.expression(f"a condition after '{opening.text}'")
        if not self._stream.expect(closing, f"after the condition of '{opening.text}'"):
            self._stream.accept("then", "do")
        return value

    def declaration(self) -> Declaration | None:
        """Parse a declaration."""
        word = self._stream.take()
        name = self._stream.expect_name("variable")
        if name is None:
            self._stream.skip_statement()
            return None
        initial = self._expressions.expression("an initial value") if self._stream.accept("=") else None
        if self._stream.at(","):
            self._stream.unexpected("the next statement", "each variable has a declaration of its own")
            self._stream.skip_statement()
        return Declaration(ValueType(word.key), name, initial, place=word.place)

    def command(self) -> Statement | None:
        """Parse a command, which begins with its word."""
        word = self._stream.take()
        return self._commands[word.key](word)

    def label(self) -> Label:
        """Parse a label and its colon."""
        token = self._stream.take()
        self._stream.take()
        if token.kind is TokenKind.KEYWORD:
            self._reserved(token, "label")
        return Label(Name(token.text, place=token.place), place=token.place)

    def assignment(self) -> Assign | None:
        """Parse an assignment, whose second token is the equals sign."""
        token, place = self._stream.take(), self._stream.previous.place
        self._stream.take()
        value = self._expressions.expression("a value after '='")
        if token.kind is TokenKind.SYSTEM:
            name = SYSTEM_NAMES.get(token.key)
            return Assign(SystemVariable(name, place=place), value, place=place) if name else None
        if token.kind is TokenKind.KEYWORD:
            self._reserved(token, "variable")
        return Assign(Variable(Name(token.text, place=place), place=place), value, place=place)

    def _reserved(self, token: Token, what: str) -> None:
        message = f"'{token.text}' is a reserved word and can't name a {what}"
        self._stream.findings.add(Fault.RESERVED_WORD, token.place, message, "choose another name")

    def _delay(self, word: Token) -> Statement:
        return Delay(self._expressions.expression(_SECONDS), place=word.place)

    def _getip(self, word: Token) -> Statement:
        return GetIpCommand(self._expressions.getip_index(word), place=word.place)

    def _goto(self, word: Token) -> Statement | None:
        label = self._stream.expect_name("label")
        return Goto(label, place=word.place) if label else None

    def _halt(self, word: Token) -> Statement:
        return Halt(place=word.place)

    def _transmit(self, word: Token) -> Statement:
        text = self._expressions.expression("a string to send")
        raw = self._flag("raw")
        if self._stream.accept(","):
            self._stream.unexpected("'raw' after the comma")
            self._stream.skip_statement()
        return Transmit(text, raw, place=word.place)

    def _flag(self, word: str) -> bool:
        """Parse ``, word`` if present; a missing comma is reported."""
        stream = self._stream
        if stream.at(",") and stream.after_next.key == word:
            stream.take()
        elif stream.at(word):
            stream.findings.add(Fault.UNEXPECTED, stream.next.place, f"a comma is missing before '{word}'")
        else:
            return False
        stream.take()
        return True

    def _waitfor(self, word: Token) -> Statement:
        alternatives = [self._alternative()]
        while self._stream.accept(","):
            alternatives.append(self._alternative())
        until = self._expressions.expression(f"{_SECONDS} after 'until'") if self._stream.accept("until") else None
        if until is not None and self._stream.at("then"):
            message = "'then' belongs before 'until'"
            hint = 'write: waitfor "…" then LABEL until 30'
            self._stream.findings.add(Fault.UNEXPECTED, self._stream.next.place, message, hint)
            last = alternatives[-1]
            alternatives[-1] = Alternative(last.pattern, last.matchcase, self._destination(), place=last.place)
        if len(alternatives) > 1:
            self._require_labels(alternatives)
        return Waitfor(tuple(alternatives), until, place=word.place)

    def _alternative(self) -> Alternative:
        place = self._stream.next.place
        pattern = self._expressions.expression("a string to wait for")
        matchcase = self._flag("matchcase")
        return Alternative(pattern, matchcase, self._destination(), place=place)

    def _destination(self) -> Name | None:
        return self._stream.expect_name("label") if self._stream.accept("then") else None

    def _require_labels(self, alternatives: list[Alternative]) -> None:
        for alternative in alternatives:
            if alternative.label is None:
                message = "with several strings each needs 'then' and a label"
                hint = 'write: waitfor "a" then LABEL, "b" then OTHER until 30'
                self._stream.findings.add(Fault.LABEL_MISSING, alternative.place, message, hint)

    def _set(self, word: Token) -> Statement | None:
        if self._stream.accept("port"):
            return self._set_port(word)
        if self._stream.accept("screen"):
            self._stream.expect("keyboard", "after 'set screen'")
            state = self._one_of("set screen keyboard", ("on", "off"))
            return SetScreenCommand(state == "on", place=word.place) if state else None
        if self._stream.accept("ipaddr"):
            return SetIpAddressCommand(self._expressions.expression("an address"), place=word.place)
        self._bad_setting("set", "'port', 'screen' or 'ipaddr'", ("port", "screen", "ipaddr"))
        return None

    def _set_port(self, word: Token) -> Statement | None:
        setting = self._one_of("set port", tuple(setting.value for setting in PortSetting))
        if setting is None:
            return None
        value = self._one_of(f"set port {setting}", PORT_VALUES[PortSetting(setting)])
        return SetPortCommand(PortSetting(setting), value, place=word.place) if value else None

    def _one_of(self, what: str, choices: tuple[str, ...]) -> str | None:
        token = self._stream.accept(*choices)
        if token is None:
            quoted = [f"'{choice}'" for choice in choices]
            self._bad_setting(what, f"{', '.join(quoted[:-1])} or {quoted[-1]}", choices)
            return None
        return token.key

    def _bad_setting(self, what: str, expected: str, choices: tuple[str, ...]) -> None:
        token = self._stream.next
        hint = ""
        if token.kind is TokenKind.NAME:
            near = nearest(token.text, choices)
            hint = f"did you mean '{near}'?" if near else "it must be written out here; a variable is not allowed"
        message = f"after '{what}' comes {expected}, not {described(token)}"
        self._stream.findings.add(Fault.BAD_SETTING, self._stream.place_of_next(), message, hint)
        self._stream.skip_statement()
