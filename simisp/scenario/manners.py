"""The bad manners of a scenario's modem: ``modem.manners``."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, Given, Text, YesNo
from simisp.scenario.whole import Whole

__all__ = ["MannersSection"]

_YES, _NO = frozenset({"yes", "on", "true"}), frozenset({"no", "off", "false"})


def _switched(value: Any) -> Any:
    """Take a switch: yes is the manner with its usual options, no is nothing."""
    if value is None:
        raise PydanticCustomError("nothing", "expected something")
    word = value.lower() if isinstance(value, str) else value
    if word is True or (isinstance(word, str) and word in _YES):
        return {}
    if word is False or (isinstance(word, str) and word in _NO):
        return None
    if isinstance(word, dict | BaseModel):
        return value
    raise PydanticCustomError("message", "expected yes, no, or its options, such as {times: 1}")


def _or_yes(schema: dict[str, Any]) -> None:
    schema["anyOf"].insert(0, {"enum": [True, False, "yes", "no", "on", "off"]})


Count = Annotated[int, Whole(1, 1_000_000)]


class _OnAnswers(Strict):
    to: Annotated[list[Text] | None, Given] = Field(
        None,
        description="The command lines that it acts on, without AT; a * at the end is anything. All, if left out.",
    )
    first: Annotated[Count | None, Given] = Field(None, description="The first of them that it acts on.")
    times: Annotated[Count | None, Given] = Field(None, description="How many it acts on; all, if left out.")


class AnswerManner(_OnAnswers):
    """On which answers the manner acts."""


class UrcManner(_OnAnswers):
    """The unsolicited result, and on which answers the manner acts."""

    text: Annotated[Text | None, Given] = Field(None, description="The unsolicited result.")


class DelayedUrcManner(UrcManner):
    """The unsolicited result, when it comes, and on which answers the manner acts."""

    after: Annotated[DurationValue | None, Given] = Field(None, description="After how long it comes.")


class LateManner(_OnAnswers):
    """How late answers come, and which."""

    after: Annotated[DurationValue | None, Given] = Field(None, description="How late they come.")


class LongManner(_OnAnswers):
    """How long answers are, and which."""

    text: Annotated[Text | None, Given] = Field(None, description="What is added, again and again.")
    octets: Annotated[Annotated[int, Whole(1, 65_536)] | None, Given] = Field(
        None, description="How many octets are added."
    )


class PacedManner(Strict):
    """How long what comes in parts takes."""

    after: Annotated[DurationValue | None, Given] = Field(None, description="The pause before each part.")


def _switch(description: str, alias: str) -> Any:
    return Field(None, alias=alias, description=description, json_schema_extra=_or_yes)


_Switched = BeforeValidator(_switched)


class MannersSection(Strict):
    """What the modem does to its answers that breaks programs. ``yes`` is a manner as usual; a mapping has options."""

    urc_before_answer: Annotated[UrcManner | None, _Switched] = _switch(
        "An unsolicited result before the answer.", "urc before answer"
    )
    urc_inside_answer: Annotated[UrcManner | None, _Switched] = _switch(
        "An unsolicited result between the lines of an answer.", "urc inside answer"
    )
    urc_before_result: Annotated[UrcManner | None, _Switched] = _switch(
        "An unsolicited result between the last line and OK.", "urc before result"
    )
    urc_after_answer: Annotated[DelayedUrcManner | None, _Switched] = _switch(
        "An unsolicited result right behind OK.", "urc after answer"
    )
    unknown_urc: Annotated[UrcManner | None, _Switched] = _switch(
        "An unsolicited result that no manual has.", "unknown urc"
    )
    urc_like_answer: Annotated[UrcManner | None, _Switched] = _switch(
        "An unsolicited result with the prefix of the answer; text has its values.", "urc like answer"
    )
    result_before_data: Annotated[AnswerManner | None, _Switched] = _switch(
        "OK first, the lines behind it.", "result before data"
    )
    line_feeds_only: YesNo = Field(False, alias="line feeds only", description="Lines end with LF alone.")
    blank_lines: YesNo = Field(False, alias="blank lines", description="Blank lines around every line.")
    glued_lines: YesNo = Field(False, alias="glued lines", description="No blank line between two lines.")
    cut_answers: Annotated[PacedManner | None, _Switched] = _switch("Answers in parts, cut anywhere.", "cut answers")
    octet_by_octet: Annotated[PacedManner | None, _Switched] = _switch("Each octet by itself.", "octet by octet")
    late_echo: Annotated[PacedManner | None, _Switched] = _switch("The echo only with the answer.", "late echo")
    no_echo: YesNo = Field(False, alias="no echo", description="No echo, whatever E says.")
    echo_after_reset: Annotated[AnswerManner | None, _Switched] = _switch(
        "The echo on again after a reset.", "echo after reset"
    )
    prompt_without_space: YesNo = Field(
        False, alias="prompt without space", description="The request for text as a line, without its space."
    )
    prompt_without_line_end: YesNo = Field(
        False, alias="prompt without line end", description="The request for text without the line end before it."
    )
    long_answers: Annotated[LongManner | None, _Switched] = _switch("Answers longer than buffers.", "long answers")
    deaf_to_commands: Annotated[AnswerManner | None, _Switched] = _switch(
        "No answer at all, not even ERROR.", "deaf to commands"
    )
    late_answers: Annotated[LateManner | None, _Switched] = _switch(
        "Answers that come after the program has given up.", "late answers"
    )
    reset_in_command: Annotated[DelayedUrcManner | None, _Switched] = _switch(
        "A restart in the middle of a command; text is the banner.", "reset in command"
    )
    no_carrier_to_d2: Annotated[AnswerManner | None, _Switched] = _switch(
        "NO CARRIER as the answer to &D2.", "no carrier to &D2"
    )
