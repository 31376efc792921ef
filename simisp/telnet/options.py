"""Negotiation of options by the Q method: no request is repeated, and no two sides answer each other forever.

Each option has two independent sides, ours (WILL and WONT are sent, DO and DONT received) and theirs (DO and DONT are
sent). The table is for one side; "yes" and "no" stand for WILL and WONT, or DO and DONT:

==================  ==========================================  ==========================================
state               "yes" received                              "no" received
==================  ==========================================  ==========================================
NO                  agreed: YES, send yes; else send no         nothing
YES                 nothing                                     NO, send no
WANT_NO             NO (an error of the other side's)           NO
WANT_NO_BUT_YES     YES (an error of the other side's)          WANT_YES, send yes
WANT_YES            YES                                         NO
WANT_YES_BUT_NO     WANT_NO, send no                            NO
==================  ==========================================  ==========================================

See Also:
    RFC 1143, section 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from simisp.telnet.codes import DO, DONT, IAC, WILL, WONT

__all__ = ["OptionSwitched", "TelnetOptions"]

_MOST_REFUSALS = 20
"""How often one request is refused. One that comes again after that is left without an answer: it never ends."""


@dataclass(frozen=True, slots=True)
class OptionSwitched:
    """An option went on or off.

    Attributes:
        option: Its number.
        ours: Whether it is our side's.
        on: Whether it is in effect now.
    """

    option: int
    ours: bool
    on: bool


class _State(Enum):
    __hash__ = object.__hash__

    NO = auto()
    YES = auto()
    WANT_NO = auto()
    WANT_NO_BUT_YES = auto()
    WANT_YES = auto()
    WANT_YES_BUT_NO = auto()


_AFTER_NO = {
    _State.NO: _State.NO,
    _State.YES: _State.NO,
    _State.WANT_NO: _State.NO,
    _State.WANT_NO_BUT_YES: _State.WANT_YES,
    _State.WANT_YES: _State.NO,
    _State.WANT_YES_BUT_NO: _State.NO,
}
_AFTER_YES = {
    _State.YES: _State.YES,
    _State.WANT_NO: _State.NO,
    _State.WANT_NO_BUT_YES: _State.YES,
    _State.WANT_YES: _State.YES,
    _State.WANT_YES_BUT_NO: _State.WANT_NO,
}


@dataclass(slots=True)
class _Side:
    """All options of one side."""

    ours: bool
    agreed: frozenset[int]
    states: dict[int, _State] = field(default_factory=dict)
    refusals: dict[int, int] = field(default_factory=dict)

    def say(self, yes: bool, option: int) -> bytes:
        word = (WILL if yes else WONT) if self.ours else (DO if yes else DONT)
        return bytes((IAC, word, option))

    def state(self, option: int) -> _State:
        return self.states.get(option, _State.NO)

    def take(self, yes: bool, option: int) -> list[bytes | OptionSwitched]:
        before = self.state(option)
        if yes and before is _State.NO:
            if option not in self.agreed:
                return self._refuse(option)
            after = _State.YES
        else:
            after = (_AFTER_YES if yes else _AFTER_NO)[before]
        self.states[option] = after
        outputs: list[bytes | OptionSwitched] = []
        if yes and before is _State.NO:
            outputs.append(self.say(True, option))
        elif not yes and before is _State.YES:
            outputs.append(self.say(False, option))
        elif after in (_State.WANT_YES, _State.WANT_NO) and before is not after:
            outputs.append(self.say(after is _State.WANT_YES, option))
        if (before is _State.YES) is not (after is _State.YES):
            outputs.append(OptionSwitched(option, self.ours, after is _State.YES))
        return outputs

    def _refuse(self, option: int) -> list[bytes | OptionSwitched]:
        self.refusals[option] = self.refusals.get(option, 0) + 1
        return [self.say(False, option)] if self.refusals[option] <= _MOST_REFUSALS else []

    def ask(self, on: bool, option: int) -> bytes:
        """Ask for an option to be on or off; return what is to be sent."""
        state = self.state(option)
        if on:
            after, send = {
                _State.NO: (_State.WANT_YES, True),
                _State.WANT_NO: (_State.WANT_NO_BUT_YES, False),
                _State.WANT_YES_BUT_NO: (_State.WANT_YES, False),
            }.get(state, (state, False))
        else:
            after, send = {
                _State.YES: (_State.WANT_NO, True),
                _State.WANT_YES: (_State.WANT_YES_BUT_NO, False),
                _State.WANT_NO_BUT_YES: (_State.WANT_NO, False),
            }.get(state, (state, False))
        self.states[option] = after
        return self.say(on, option) if send else b""


class TelnetOptions:
    r"""The options of one connection.

    Args:
        ours: Which options this side has when it is asked for them.
        theirs: Which options the other side may have.

    Example:
        >>> options = TelnetOptions(ours={3}, theirs={0})
        >>> options.take(253, 3)  # DO SUPPRESS-GO-AHEAD
        [b'\xff\xfb\x03', OptionSwitched(option=3, ours=True, on=True)]
        >>> options.take(253, 3)
        []
        >>> options.take(251, 31)  # WILL NAWS
        [b'\xff\xfe\x1f']
    """

    def __init__(self, *, ours: Iterable[int] = (), theirs: Iterable[int] = ()) -> None:
        self._ours = _Side(True, frozenset(ours))
        self._theirs = _Side(False, frozenset(theirs))

    def has(self, option: int, *, ours: bool) -> bool:
        """Whether an option is in effect on a side."""
        return (self._ours if ours else self._theirs).state(option) is _State.YES

    def is_asked(self, option: int, *, ours: bool) -> bool:
        """Whether a request about an option has no answer yet."""
        return (self._ours if ours else self._theirs).state(option) not in (_State.NO, _State.YES)

    def ask(self, option: int, *, ours: bool, on: bool = True) -> bytes:
        """Ask for an option to be on or off; return what is to be sent, which is empty where it is on its way."""
        return (self._ours if ours else self._theirs).ask(on, option)

    def take(self, word: int, option: int) -> list[bytes | OptionSwitched]:
        """Take WILL, WONT, DO or DONT; return what is to be sent, and what went on or off."""
        side = self._theirs if word in (WILL, WONT) else self._ours
        return side.take(word in (WILL, DO), option)
