"""Handlers put together from what a command does in each of its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.parameters import split_values
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow, Handler
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["WithValues", "WithoutValues", "answered", "by_form", "text_of"]

WithoutValues = Callable[["Unit", CommandRow], CommandAnswer]
"""What a command does without values."""
WithValues = Callable[["Unit", CommandRow, list[str]], CommandAnswer]
"""What a command does with values, as written; an omitted one is empty."""


def by_form(
    *,
    action: WithoutValues | None = None,
    read: WithoutValues | None = None,
    given: WithValues | None = None,
    test: str = "",
    needs_sim: bool = False,
) -> Handler:
    """Make a handler.

    Args:
        action: What ``+NAME`` does; None: it is refused, as with the other forms.
        read: What ``+NAME?`` does.
        given: What ``+NAME=…`` does.
        test: What ``+NAME=?`` says behind the name; empty: only OK.
        needs_sim: Whether all but the test is refused without a SIM that is ready.
    """

    def handler(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
        if row.allows(command, Form.TEST):
            return answered(unit, f"{row.name}: {test}") if test else ResultCode.OK
        refusal = cellular_of(unit).refusal() if needs_sim else None
        if refusal is not None:
            return refuse_cme(unit, refusal)
        if command.form is Form.SET and given is not None:
            return given(unit, row, split_values(command.text))
        asked = {Form.ACTION: action, Form.READ: read}.get(command.form)
        if asked is None or command.text:
            return refuse_cme(unit, CmeError.NOT_SUPPORTED)
        return asked(unit, row)

    return handler


def answered(unit: Unit, *texts: str | bytes) -> ResultCode:
    """Send information texts, and return OK."""
    for text in texts:
        unit.dte.send_information(text)
    return ResultCode.OK


def text_of(value: str) -> str:
    """Return a value without its quotes, if it has any.

    Example:
        >>> text_of('"+31611"'), text_of("7")
        ('+31611', '7')
    """
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
