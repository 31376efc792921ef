"""What a scenario writes for its modem: answers, unsolicited results, conduct, result codes, rates."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from simisp.scenario.later import BuiltLater, ModelOf
from simisp.scenario.profile_names import PLAIN, is_file, shipped_names
from simisp.scenario.safe_pattern import why_unsafe
from simisp.scenario.strict import Strict
from simisp.scenario.values import (
    DurationValue,
    Given,
    Text,
    YesNo,
    is_pattern,
)
from simisp.scenario.whole import NOT_WHOLE, Whole, whole_number_meant

if TYPE_CHECKING:
    from simisp.scenario.cellular_section import CellularStateSection
else:
    CellularStateSection = ModelOf("simisp.scenario.cellular_section", "CellularStateSection")

__all__ = [
    "REPLY_TAG",
    "SILENT",
    "CommandReply",
    "CommandText",
    "ConductSection",
    "ConnectText",
    "EventName",
    "PlainReply",
    "ProfileConductSection",
    "ProfileName",
    "RateSection",
    "RegisterName",
    "RegisterValue",
    "RepliesInTurn",
    "ReplyPart",
    "ResultCodeName",
    "ResultCodeValue",
    "SettingText",
]

REPLY_TAG = "reply:"
"""The prefix of the kinds of answers in the path of a mistake."""

SILENT = "silence"
"""The answer that is no answer."""

EventName = Literal["port opened", "reset", "ring", "connect", "call ended"]

_FASTEST = 10_000_000
"""The largest number behind CONNECT that is a rate of the line, in bit/s; a larger one is a text."""
_NUMBER = re.compile(r"[-+]?(0x[0-9a-f]+|\d[\d_]*(\.\d*)?(e[-+]?\d+)?|\.\d+)", re.IGNORECASE)
"""What is meant as a number, whether it may be one here or not."""
_CODE_NAME = r"^(OK|RING|NO CARRIER|ERROR|NO DIALTONE|BUSY|NO ANSWER|CONNECT( [1-9][0-9]{0,8})?)$"


def _command(text: str) -> str:
    from simisp.modem.written_command import only_command  # most scenarios write no commands, and need no modem

    if is_pattern(text):
        reason = why_unsafe(text[1:-1])
        if reason:
            shown = text if len(text) < 100 else text[:50] + "…/"
            raise PydanticCustomError("command", "the pattern {text} {reason}", {"text": shown, "reason": reason})
    elif text[:2].upper() == "AT":
        raise PydanticCustomError("command", "a command is written without AT: {text}", {"text": repr(text[2:])})
    elif only_command(text) is None:
        raise PydanticCustomError(
            "command", "{text} is not one command, such as +CSQ, ATI without its AT, or /pattern/", {"text": repr(text)}
        )
    return text


def _connect(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) and int(value) <= _FASTEST:
        value = int(value)
    is_rate = isinstance(value, int) and not isinstance(value, bool)
    if value < 50 if is_rate else isinstance(value, str) and not value.isdecimal() and _NUMBER.fullmatch(value):
        if not is_rate and (whole_number_meant(value) or 0) >= 50:
            raise PydanticCustomError(NOT_WHOLE, "expected a whole number", {"word": ""})
        raise PydanticCustomError("connect", "expected 50 or more, or any text")
    return value


def _line(text: Any) -> Any:
    if isinstance(text, str) and not all(" " <= character <= "~" for character in text):
        raise PydanticCustomError("connect", "expected one line of ASCII characters")
    return text


def _code_value(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if (is_number and not 0 <= value <= 999) or value == "" or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise PydanticCustomError("connect", "expected a number from 0 to 999, or the words")
    return _line(value)


def _code_name(text: str) -> str:
    if not re.fullmatch(_CODE_NAME, text):
        from simisp.modem.result_codes import ResultCode

        known = ", ".join(sorted({code.words for code in ResultCode}))
        raise PydanticCustomError(
            "command", "{text} is not a result code; they are {known}, and CONNECT with a rate",
            {"text": repr(text), "known": known},
        )  # fmt: skip
    return text


def _profile(value: Any) -> Any:
    if isinstance(value, str) and value not in PLAIN and not is_file(value) and value not in shipped_names():
        names = [repr(name) for name in shipped_names()]
        raise PydanticKnownError("literal_error", {"expected": f"{', '.join(names)} or 'none'"})
    return value


class _ProfileSchema:
    @classmethod
    def __get_pydantic_json_schema__(cls, _core: Any, _handler: Any) -> dict[str, Any]:
        return {
            "anyOf": [{"enum": [*shipped_names(), "none"]}, {"type": "string", "pattern": r"/|\.[yY][aA]?[mM][lL]$"}]
        }


ProfileName = Annotated[str, BeforeValidator(_profile), _ProfileSchema]
"""The name of a shipped profile, or a file."""
CommandText = Annotated[
    str, Field(min_length=1, max_length=500), AfterValidator(_command), WithJsonSchema({"type": "string"})
]
"""A command without AT, or a pattern in slashes."""
ConnectText = Annotated[
    int | str,
    BeforeValidator(_connect),
    BeforeValidator(_line),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 50}, {"type": "string"}]}),
]
"""A rate, or what stands behind CONNECT."""
ResultCodeName = Annotated[str, AfterValidator(_code_name), WithJsonSchema({"type": "string", "pattern": _CODE_NAME})]
ResultCodeValue = Annotated[
    int | str,
    BeforeValidator(_code_value),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": 999}, {"type": "string", "minLength": 1}]}),
]
"""The number of a result code, or its words."""
SettingText = Annotated[
    str, Field(min_length=1, max_length=64), BeforeValidator(_line),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "maxLength": 64}),
]  # fmt: skip
"""The value of a command, or its values with commas between them."""
DteRate = Literal[300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 33600, 38400, 57600, 115200, 230400]


def _as_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,7}", value) else value


def _register(text: str) -> str:
    if not re.fullmatch(_REGISTER, text):
        raise PydanticCustomError("command", "{text} is not a register, such as S7", {"text": repr(text)})
    return text


_REGISTER = r"^S(0|[1-9][0-9]{0,2})$"
RegisterName = Annotated[str, AfterValidator(_register), WithJsonSchema({"type": "string", "pattern": _REGISTER})]
RegisterValue = Annotated[int, Whole(0, 255)]
RateOfPort = Annotated[DteRate, BeforeValidator(_as_number)]


class ReplyPart(Strict):
    """A piece of an answer: what is sent, and after how long."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [key]} for key in ("answer", "send", "result", "state")]}
    )

    after: DurationValue = Field(0.0, description="How long the modem waits before it.")
    answer: Annotated[Text | None, Given] = Field(
        None, description="Lines that end the command, with a result code in the last line, or OK without one."
    )
    send: Annotated[Text | None, Given] = Field(None, description="Lines that do not end the command.")
    result: Annotated[Text | None, Given] = Field(None, description="A result code in words that the modem lacks.")
    state: Annotated[BuiltLater[CellularStateSection] | None, Given] = Field(
        None, description="What changes of network and SIM: the keys of a cellular modem's changes."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.send is not None and (self.answer is not None or self.result is not None):
            raise PydanticCustomError("reply", "write answer (which ends the command) or send, not both")
        if self.answer is None and self.send is None and self.result is None and self.state is None:
            raise PydanticCustomError("reply", "expected an answer, such as {answer: OK}")
        return self


def _part_kind(value: Any) -> str:
    return "reply:part" if isinstance(value, (dict, ReplyPart)) else "reply:text"


def _reply_kind(value: Any) -> str:
    if isinstance(value, list):
        return "reply:parts"
    if isinstance(value, RepliesInTurn) or (isinstance(value, dict) and "in turn" in value):
        return "reply:in turn"
    return _part_kind(value)


_ReplyPiece = Annotated[
    Annotated[Text, Tag("reply:text")] | Annotated[BuiltLater[ReplyPart], Tag("reply:part")], Discriminator(_part_kind)
]
_Pieces = Annotated[list[_ReplyPiece], Field(min_length=1, max_length=100)]
PlainReply = Annotated[
    Annotated[Text, Tag("reply:text")]
    | Annotated[BuiltLater[ReplyPart], Tag("reply:part")]
    | Annotated[_Pieces, Tag("reply:parts")],
    Discriminator(_reply_kind),
]
"""An answer: lines, a piece, or several pieces."""


class RepliesInTurn(Strict):
    """Answers that are given in turn; the last one repeats."""

    in_turn: list[PlainReply] = Field(alias="in turn", min_length=1, max_length=100)


CommandReply = Annotated[
    Annotated[Text, Tag("reply:text")]
    | Annotated[BuiltLater[ReplyPart], Tag("reply:part")]
    | Annotated[_Pieces, Tag("reply:parts")]
    | Annotated[BuiltLater[RepliesInTurn], Tag("reply:in turn")],
    Discriminator(_reply_kind),
]
"""What is answered to a command."""


class ProfileConductSection(Strict):
    """Where a kind of modem differs from others in what it does."""

    after_z: Annotated[Literal["done", "dropped"] | None, Given] = Field(
        None, alias="after z", description="What becomes of the rest of a command line behind Z."
    )
    echo: Annotated[Literal["as set", "never"] | None, Given] = Field(
        None, description="never: the modem says OK to E1, and never echoes."
    )
    unsolicited_while_typing: Annotated[YesNo | None, Given] = Field(
        None,
        alias="unsolicited while typing",
        description="Whether unsolicited results come between the octets of a command line.",
    )
    prompt: Annotated[Text | None, Given] = Field(
        None, description="What asks for the text of a message, with its line ends."
    )


class ConductSection(ProfileConductSection):
    """Where the modem differs from others in what it does."""

    deaf_after: dict[EventName, DurationValue] = Field(
        default_factory=dict, alias="deaf after", description="After which events octets are lost, and for how long."
    )


class RateSection(Strict):
    """The modem's rate. Octets to and from a port at another rate are garbled."""

    fixed: Annotated[RateOfPort | None, Given] = Field(None, description="The rate from the start, in bit/s.")
    stored: Annotated[RateOfPort | None, Given] = Field(None, description="The rate in the stored profile, in bit/s.")
    after: Literal["ATZ"] = Field("ATZ", description="What puts the stored rate in force.")
