"""The state of a running script: its variables, the dialler's, and the options of the language."""

from __future__ import annotations

from typing import TypeAlias

from simisp.scp.options import Options
from simisp.scp.syntax import SystemName
from simisp.scp.text import encode, interpret

__all__ = ["MASK", "Environment", "SecretText", "Value"]

MASK = "********"
"""The text shown instead of a secret."""

Value: TypeAlias = int | str | bool

# A member of an Enum costs ten times as much to look up as a name of the module.
_USERID, _PASSWORD, _SUCCESS = SystemName.USERID, SystemName.PASSWORD, SystemName.SUCCESS


class SecretText(str):
    """A string that contains the password or a part of it. Strings built from it are secret too."""

    __slots__ = ()


class Environment:
    """The state in which expressions are evaluated.

    Args:
        variables: The initial value of each variable, by slot.
        user_id: ``$USERID``.
        password: ``$PASSWORD``.
        options: How to treat what the language's documentation leaves open.

    Attributes:
        variables: The value of each variable, by slot.
        success: ``$SUCCESS``, which is the opposite of ``$FAILURE``.
        options: As given.
    """

    __slots__ = ("_password", "_user_id", "options", "success", "variables")

    def __init__(self, variables: list[Value], user_id: str, password: str, options: Options) -> None:
        self.variables = variables
        self.success = options.success_at_start
        self.options = options
        self._user_id = user_id
        self._password = password

    def system(self, name: SystemName) -> Value:
        """Return the value of a system variable."""
        if name is _USERID:
            return self._user_id
        if name is _PASSWORD:
            return SecretText(self._password)
        return self.success if name is _SUCCESS else not self.success

    def interpreted(self, text: str) -> str:
        """Return ``text`` with its sequences interpreted."""
        return interpret(text, tags_in_any_case=self.options.tags_in_any_case)

    def comparable(self, text: str) -> str:
        """Return the form of ``text`` that ``==`` compares."""
        if self.options.equality_interprets_sequences:
            text = self.interpreted(text)
        return text if self.options.equality_matches_case else text.lower()

    def masked(self, octets: bytes) -> bytes:
        """Mask the password in ``octets``, both as it is and as it is sent without ``raw``."""
        for secret in (self._password, self.interpreted(self._password)):
            if secret:
                octets = octets.replace(encode(secret), MASK.encode())
        return octets
