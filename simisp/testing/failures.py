"""What a test's line says where something did not come: at once, or softly, together at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simisp.errors import ScenarioUnreachedError, WrongClientError
from simisp.transcript.redaction import mask_text

__all__ = ["SoftExpectations", "did_not_come", "failure", "joined"]


class SoftExpectations:
    """What was expected and did not come, where the test was to go on without it."""

    def __init__(self) -> None:
        self._missed: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._missed)

    def miss(self, text: str, within: float, secrets: Iterable[bytes]) -> None:
        """Record that a text did not come in this many seconds."""
        self._missed.append(did_not_come(text, within, secrets))

    def take(self) -> list[str]:
        """Return what has been missed since this was asked last, in order."""
        missed, self._missed = self._missed, []
        return missed


def did_not_come(text: str, within: float, secrets: Iterable[bytes]) -> str:
    """Return the message that a text did not come in this many seconds, secrets masked."""
    return f"{mask_text(repr(text), secrets)} did not come within {within:g} s"


def failure(message: str, *, opened: bool, shortfall: str) -> AssertionError:
    """Return the error for a failed test: the client is wrong, or it never came to where it is tested.

    Args:
        message: What failed.
        opened: Whether the port was ever opened.
        shortfall: What is missing so that the scenario was played at all; empty if nothing is.
    """
    if opened and not shortfall:
        return WrongClientError(message)
    why = "no call ever reached the ISP" if opened else "the port was never opened"
    return ScenarioUnreachedError(f"nothing was tested: {why}\n{message}")


def joined(missed: Sequence[str]) -> WrongClientError:
    """Return the error for what was missed softly."""
    return WrongClientError("; ".join(missed))
