"""What a running script knows: its variables, the dialler's, and how the open questions of the language are read."""

from __future__ import annotations

from typing import TypeAlias

from simisp.scp.options import Options
from simisp.scp.syntax import SystemName
from simisp.scp.text import encode, interpret

__all__ = ["MASK", "Environment", "SecretText", "Value"]

MASK = "********"
"""What stands in the place of a secret."""

Value: TypeAlias = int | str | bool


class SecretText(str):
    """A string that holds the password, or a part of it. What is built from one is one again."""

    __slots__ = ()


class Environment:
    """The state that expressions are evaluated in.

    Args:
        variables: What each variable holds at first, by slot.
        user_id: ``$USERID``.
        password: ``$PASSWORD``.
        options: How to read what the language leaves open.

    Attributes:
        variables: What each variable holds, by slot.
        system: What each system variable holds.
        options: As given.
    """

    def __init__(self, variables: list[Value], user_id: str, password: str, options: Options) -> None:
        self.variables = variables
        self.system: dict[SystemName, Value] = {
            SystemName.USERID: user_id,
            SystemName.PASSWORD: SecretText(password),
        }
        self.options = options
        self._password = password
        self.set_success(options.success_at_start)

    def set_success(self, success: bool) -> None:
        """Set ``$SUCCESS``, and ``$FAILURE`` to its opposite."""
        self.system[SystemName.SUCCESS] = success
        self.system[SystemName.FAILURE] = not success

    def interpreted(self, text: str) -> str:
        """Return what ``text`` stands for, with its sequences replaced."""
        return interpret(text, tags_in_any_case=self.options.tags_in_any_case)

    def comparable(self, text: str) -> str:
        """Return what ``==`` compares of ``text``."""
        if self.options.equality_interprets_sequences:
            text = self.interpreted(text)
        return text if self.options.equality_matches_case else text.lower()

    def masked(self, octets: bytes) -> bytes:
        """Return ``octets`` without the password, as it is and as it is sent when it is not sent raw."""
        for secret in (self._password, self.interpreted(self._password)):
            if secret:
                octets = octets.replace(encode(secret), MASK.encode())
        return octets
