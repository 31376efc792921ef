"""What a scenario's modem sends without being asked: an item of ``modem.unsolicited``."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from simisp.scenario.modem_rows import CommandText, EventName
from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, Given, Text
from simisp.scenario.whole import Whole

__all__ = ["UnsolicitedSection"]

_SHORTEST_PERIOD = 0.01


class UnsolicitedSection(Strict):
    """A result that the modem sends without being asked."""

    send: Text = Field(description="Its text.")
    after: Annotated[DurationValue | None, Given] = Field(
        None, description="How long after the start, or after the event; by default as long as every."
    )
    every: Annotated[DurationValue | None, Given] = Field(None, description="The time from one to the next.")
    times: Annotated[int, Whole(1, 1_000_000)] | None = Field(None, description="How often, with every.")
    on: Annotated[EventName | None, Given] = Field(None, description="The event that it follows.")
    before_answer_to: Annotated[CommandText | None, Given] = Field(
        None, alias="before answer to", description="The command before whose answer it comes."
    )
    inside_answer_to: Annotated[CommandText | None, Given] = Field(
        None, alias="inside answer to", description="The command in whose answer it comes, behind the first line."
    )
    after_command: Annotated[CommandText | None, Given] = Field(
        None, alias="after command", description="The command that it follows, answered or not."
    )
    delay: DurationValue = Field(0.0, description="How long after the command.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        commands = (self.before_answer_to, self.inside_answer_to, self.after_command)
        if sum(each is not None for each in (*commands, self.on)) > 1:
            raise PydanticCustomError(
                "reply", "write one of: on, 'before answer to', 'inside answer to', 'after command'"
            )
        if any(commands) and (self.after is not None or self.every is not None):
            raise PydanticCustomError("reply", "a result that is tied to a command has a delay, and no after or every")
        if not self.send:
            raise PydanticCustomError("reply", "expected a text after 'send'")
        if self.delay and self.after_command is None:
            raise PydanticCustomError("reply", "a delay needs 'after command'")
        if self.times is not None and self.every is None:
            raise PydanticCustomError("reply", "times needs every")
        if self.every is not None and self.every < _SHORTEST_PERIOD:
            raise PydanticCustomError("reply", "every must be 10 ms or more")
        return self
