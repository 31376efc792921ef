"""A program that has the line: the step ``run``, and what is behind PPP."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from simisp.scenario.steps import BaseStep
from simisp.scenario.strict import Strict
from simisp.scenario.values import Given, YesNo

__all__ = ["CommandWords", "ProgramSection", "ProgramWord", "RunStep", "VariableName"]


def _words(value: Any) -> Any:
    if isinstance(value, str):
        words = ", ".join(value.split()) or "program, argument"
        raise PydanticCustomError(
            "message", "a program is a list of words, such as [{words}]: no shell reads it", {"words": words}
        )
    return value


def _word(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("message", "a word of a command has no NUL")
    return text


def _variable(text: str) -> str:
    if not text or "=" in text:
        raise PydanticCustomError("message", "{text} is not the name of a variable", {"text": repr(text)})
    return text


def _named(words: list[str]) -> list[str]:
    if not words[0]:
        raise PydanticCustomError("message", "the program's name is empty")
    return words


_TEXT = WithJsonSchema({"type": ["string", "number", "boolean"]})
ProgramWord = Annotated[str, AfterValidator(_word), _TEXT]
VariableName = Annotated[str, AfterValidator(_word), AfterValidator(_variable)]
CommandWords = Annotated[list[ProgramWord], Field(min_length=1), BeforeValidator(_words), AfterValidator(_named)]


class ProgramSection(Strict):
    """A program, and in what surroundings it runs. A list alone is its command."""

    command: CommandWords = Field(description="The program and its arguments, as a list; no shell is between.")
    environment: Annotated[dict[VariableName, ProgramWord] | None, Given] = Field(
        None, description="Environment variables, besides those that simisp has."
    )
    folder: Annotated[ProgramWord | None, Given] = Field(
        None, description="Its working folder, from the scenario's file on; the one that simisp has, if left out."
    )
    terminal: Annotated[Literal["lines", "raw", "none"] | None, Given] = Field(
        None,
        description="What its standard input and output are: a terminal that edits lines and echoes, one that changes "
        "nothing, or a socket. The step run has lines, and PPP has raw, if left out.",
    )
    errors_to_caller: Annotated[YesNo | None, Given] = Field(
        None,
        alias="errors to caller",
        description="Whether its standard error goes to the caller too; otherwise it is in the transcript.",
    )

    @property
    def name(self) -> str:
        """The program's name, without its folder."""
        return self.command[0].rpartition("/")[2]

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        """Accept a command alone."""
        return {"command": value} if isinstance(value, list | str) else value


class RunStep(BaseStep):
    """Leave the line to a program; the ISP hangs up when it ends."""

    run: ProgramSection
