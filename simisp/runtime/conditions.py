"""Conditions that are waited for: they are looked at again after each event, and no clock is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Conditions"]


class Conditions:
    """What callers wait for at a port, or at several.

    Attributes:
        waiting: Each condition, with what is resolved once it holds.
    """

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is evaluated now, and by each :meth:`look`."""
        if condition():
            return
        waiter = (condition, asyncio.get_running_loop().create_future())
        self.waiting.append(waiter)
        try:
            await waiter[1]
        finally:
            if waiter in self.waiting:  # not after cancel()
                self.waiting.remove(waiter)

    def look(self) -> None:
        """Let those go on whose conditions hold now."""
        for condition, future in self.waiting:
            if not future.done() and condition():
                future.set_result(None)

    def cancel(self) -> None:
        """Cancel all waits: nothing will happen any more."""
        for _, future in self.waiting:
            future.cancel()
        self.waiting.clear()
