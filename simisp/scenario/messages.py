"""The short messages of a scenario's modem: ``modem.messages``."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from simisp.errors import PduError
from simisp.scenario.strict import Strict, empty_list
from simisp.scenario.values import DurationValue, Given, Text, Title, Words
from simisp.scenario.whole import Whole

__all__ = ["CentreText", "MessageIn", "MessageText", "MessagesSection", "SenderText"]

Places = Annotated[int, Whole(1, 255)]
MemoryName = Literal["SM", "ME"]


def _usual_memories() -> dict[MemoryName, int]:
    return {"SM": 20, "ME": 23}


def _sender(text: str) -> str:
    from simisp.cellular.sms.address import Address  # a scenario without messages need not load the codec

    return _said(text, lambda: Address.of(text).encode())


def _message(text: str) -> str:
    from simisp.cellular.sms.user_data import split_text

    return _said(text, lambda: split_text(text))


def _centre(text: str) -> str:
    from simisp.cellular.sms.address import Address

    return _said(text, lambda: Address.of(text).encode_service_centre()) if text else text


def _said(text: str, encode: Callable[[], object]) -> str:
    try:
        encode()
    except PduError as error:
        raise PydanticCustomError("message", "{what}", {"what": error.what}) from None
    return text


SenderText = Annotated[Title, AfterValidator(_sender)]
"""A number or a name."""
MessageText = Annotated[Words, AfterValidator(_message)]
"""A text that messages can have."""
CentreText = Annotated[Text, AfterValidator(_centre)]
"""The number of a service centre, or nothing."""


class MessageIn(Strict):
    """A message that arrives, or is in the store from the start."""

    sender: SenderText = Field(
        alias="from", description="A number such as +31624000001, or a name of up to 11 characters."
    )
    text: MessageText = Field(description="The text. A long one arrives in parts.")
    at: DurationValue = Field(0.0, description="When it arrives; 0: it is in the store from the start.")
    message_class: Annotated[Annotated[int, Whole(0, 3)] | None, Given] = Field(
        None, alias="class", description="Its class, 0 to 3: where the phone is to put it."
    )


class MessagesSection(Strict):
    """The messages of the modem, for the commands of 3GPP TS 27.005. Without any key the store is empty."""

    memories: dict[MemoryName, Places] = Field(
        default_factory=_usual_memories, min_length=1, description="How many places each memory has."
    )
    first_index: Annotated[int, Whole(0, 1)] = Field(
        1, alias="first index", description="The number of the first place: 0 or 1."
    )
    service_centre: CentreText = Field(
        "+31624000000", alias="service centre", description="The number of the service centre; empty: there is none."
    )
    arriving: Annotated[list[MessageIn], Field(max_length=1000)] = Field(
        default_factory=empty_list, description="The messages that arrive."
    )
    send_takes: DurationValue = Field(1.0, alias="send takes", description="How long it takes to send a message.")
    report_after: DurationValue = Field(
        3.0, alias="report after", description="How long after that a delivery report comes, if asked for."
    )
    report_status: Annotated[int, Whole(0, 255)] = Field(
        0, alias="report status", description="What delivery reports say: 0 is delivered (3GPP TS 23.040, 9.2.3.15)."
    )
