"""The steps of a dialogue, as written in a scenario."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from typing_extensions import TypeAliasType

from simisp.diagnostics import nearest
from simisp.scenario.later import BuiltLater, ModelOf, model_in
from simisp.scenario.strict import Strict
from simisp.scenario.values import (
    FOREVER,
    AnswerText,
    Count,
    DurationValue,
    Given,
    LabelName,
    ReadName,
    SilenceValue,
    Text,
    TimeLimit,
    YesNo,
)

if TYPE_CHECKING:  # few dialogues have them
    from simisp.scenario.deeds import WaitForStep
    from simisp.scenario.ppp_section import PppStep
    from simisp.scenario.program_section import RunStep
    from simisp.scenario.slip_section import SlipStep
else:
    WaitForStep = ModelOf("simisp.scenario.deeds", "WaitForStep")
    PppStep = ModelOf("simisp.scenario.ppp_section", "PppStep")
    RunStep = ModelOf("simisp.scenario.program_section", "RunStep")
    SlipStep = ModelOf("simisp.scenario.slip_section", "SlipStep")

__all__ = [
    "STEP_TAG",
    "STEP_WORDS",
    "TARGET_TAG",
    "USER_NAME",
    "AgainStep",
    "AuthenticateStep",
    "BannerStep",
    "BaseStep",
    "ExpectStep",
    "GoToStep",
    "HangUpStep",
    "LabelStep",
    "MarkStep",
    "PauseStep",
    "PromptStep",
    "RepeatStep",
    "SendStep",
    "SilenceStep",
    "Step",
    "Strict",
    "Target",
    "step_model",
]

STEP_TAG = "step:"
TARGET_TAG = "target:"
"""The prefix of the kinds of steps and targets in the path of a mistake."""

USER_NAME = "username"
"""The default name under which the answer to a prompt for the user name is stored."""

_SECRET_PROMPT = re.compile(r"pass\s*(?:word|code|phrase)|passwd|secret|\bpin\b", re.IGNORECASE)
_USER_PROMPT = re.compile(r"user|log\s*[io]n", re.IGNORECASE)


class BaseStep(Strict):
    """One step of a dialogue."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        """Accept a step that is written as its name alone, such as ``- silence``."""
        return {value: None} if isinstance(value, str) else value


def with_all_defaults(word: str, value: Any) -> Any:
    """Return a step that has a section, with an empty one where the step is its name alone, such as ``- ppp``."""
    return {word: {}} if value in (word, {word: None}) else value


class BannerStep(BaseStep):
    """Send a text, on a line of its own."""

    banner: Text


class SendStep(BaseStep):
    """Send a text unchanged."""

    send: Text


class PromptStep(BaseStep):
    """Show a prompt on a line of its own and read a line; repeat the prompt after an empty line."""

    model_config = ConfigDict(
        json_schema_extra={"not": {"required": ["expect", "choices"]}, "dependentRequired": {"too late": ["within"]}}
    )

    prompt: Text
    read: Annotated[ReadName | None, Given] = Field(
        None, description="Store the answer under this name, for {name} in texts."
    )
    expect: Annotated[AnswerText | None, Given] = Field(
        None, description="The only correct answer; after any other, ask again."
    )
    choices: "Annotated[dict[AnswerText, Target] | None, Given]" = Field(
        None, description="Answers, each with what follows it."
    )
    echo: Annotated[YesNo | None, Given] = Field(
        None, description="Whether input is echoed; by default, unless it is a password."
    )
    otherwise: "Annotated[Target | None, Given]" = Field(
        None, description="What follows any other answer; by default, ask again."
    )
    within: Annotated[TimeLimit | None, Given] = Field(None, description="How long the caller may take to answer.")
    too_late: "Annotated[Target | None, Given]" = Field(
        None, alias="too late", description="What follows the end of that time; by default, hang up."
    )

    @property
    def echoes(self) -> bool:
        """Whether input is echoed."""
        return not _SECRET_PROMPT.search(self.prompt) if self.echo is None else self.echo

    @property
    def is_secret(self) -> bool:
        """Whether input is masked: the prompt asks for a password, or input is not echoed."""
        return bool(_SECRET_PROMPT.search(self.prompt)) or not self.echoes

    @property
    def remembered_as(self) -> str | None:
        """The name under which the answer is stored."""
        return self.read or (USER_NAME if _USER_PROMPT.search(self.prompt) and not self.is_secret else None)


class ExpectStep(BaseStep):
    """Read a line without a prompt."""

    expect: AnswerText = Field(description="The only correct answer; any other is ignored.")
    read: Annotated[ReadName | None, Given] = Field(
        None, description="Store the answer under this name, for {name} in texts."
    )
    echo: YesNo = Field(True, description="Whether input is echoed.")
    otherwise: "Annotated[Target | None, Given]" = Field(
        None, description="What follows any other answer; by default, keep waiting."
    )


class Authentication(Strict):
    """How to ask for the user name and the password."""

    user: Text = "Username:"
    password: Text = "Password:"  # noqa: S105 - a prompt, not a password
    attempts: Count = Field(3, description="How many wrong log-ins are allowed before the ISP hangs up.")
    refusal: Text = Field("Login incorrect\n", description="The reply to a wrong log-in.")


class AuthenticateStep(BaseStep):
    """Ask for user name and password and check them against ``accounts``; hang up after too many failures."""

    authenticate: Authentication

    @model_validator(mode="before")
    @classmethod
    def _all_defaults(cls, value: Any) -> Any:
        """Accept ``- authenticate`` without a value."""
        return with_all_defaults("authenticate", value)


class PauseStep(BaseStep):
    """Do nothing for a while; input is kept meanwhile."""

    pause: DurationValue


class SilenceStep(BaseStep):
    """Stop responding, forever or for a while; input is lost meanwhile."""

    silence: SilenceValue

    @model_validator(mode="before")
    @classmethod
    def _forever(cls, value: Any) -> Any:
        """Accept ``- silence`` without a value."""
        return {"silence": FOREVER} if value in ("silence", {"silence": None}) else value


class HangUpStep(BaseStep):
    """End the call from the ISP's side."""

    hang_up: None = Field(alias="hang up")


class LabelStep(BaseStep):
    """Name this place, for ``go to`` and ``choices``."""

    label: LabelName


class GoToStep(BaseStep):
    """Continue at a label."""

    go_to: LabelName = Field(alias="go to")


class AgainStep(BaseStep):
    """In the steps of a choice: ask the question again."""

    again: None


class Repetition(Strict):
    """Steps that are repeated."""

    times: Annotated[Count | None, Given] = Field(None, description="How often; if omitted, forever.")
    steps: "list[Step]" = Field(min_length=1)


class RepeatStep(BaseStep):
    """Repeat steps a number of times, or forever."""

    repeat: Repetition


class MarkStep(BaseStep):
    """Record a name in the transcript."""

    mark: LabelName


_STEPS: dict[str, type[BaseStep]] = {
    "banner": BannerStep,
    "send": SendStep,
    "prompt": PromptStep,
    "authenticate": AuthenticateStep,
    "pause": PauseStep,
    "wait for": WaitForStep,
    "silence": SilenceStep,
    "hang up": HangUpStep,
    "label": LabelStep,
    "go to": GoToStep,
    "again": AgainStep,
    "repeat": RepeatStep,
    "mark": MarkStep,
    "expect": ExpectStep,
    "ppp": PppStep,
    "slip": SlipStep,
    "run": RunStep,
}
STEP_WORDS = tuple(_STEPS)
"""The first words of all steps."""
_TAGS = {model.__name__: STEP_TAG + word for word, model in _STEPS.items()}


def step_model(tag: str) -> type[BaseModel] | None:
    """Return the model of a step's tag, or None if the tag is not that of a step."""
    return model_in(_STEPS.get(tag.removeprefix(STEP_TAG))) if tag.startswith(STEP_TAG) else None


def _kind(value: Any) -> str | None:
    """Return the tag of the step that a value is, or None."""
    if isinstance(value, BaseStep):  # built by a program
        return _TAGS.get(type(value).__name__)
    if isinstance(value, str):
        return STEP_TAG + value if value in _STEPS else None
    if isinstance(value, dict):
        # `expect` is also a key of a prompt; otherwise the first key that names a step decides.
        words = [word for word in value if word in _STEPS]
        kind = next((word for word in words if word != "expect"), words[0]) if words else None
        return STEP_TAG + kind if kind is not None and not _is_misspelt(next(iter(value)), kind) else None
    return None


def _is_misspelt(first: str, kind: str) -> bool:
    """Return whether a step's first key is a misspelling of another step's name rather than a key of this step."""
    model = step_model(STEP_TAG + kind)
    parts = [field.alias or name for name, field in model.model_fields.items()] if model is not None else []
    return first not in parts and nearest(first, _STEPS) is not None and nearest(first, parts) is None


Step = TypeAliasType(
    "Step",
    Annotated[
        Union[  # noqa: UP007 - | makes a union for each row, and compares all that it has each time
            Annotated[BuiltLater[BannerStep], Tag("step:banner")],
            Annotated[BuiltLater[SendStep], Tag("step:send")],
            Annotated[BuiltLater[PromptStep], Tag("step:prompt")],
            Annotated[BuiltLater[ExpectStep], Tag("step:expect")],
            Annotated[BuiltLater[AuthenticateStep], Tag("step:authenticate")],
            Annotated[BuiltLater[PauseStep], Tag("step:pause")],
            Annotated[BuiltLater[WaitForStep], Tag("step:wait for")],
            Annotated[BuiltLater[SilenceStep], Tag("step:silence")],
            Annotated[BuiltLater[HangUpStep], Tag("step:hang up")],
            Annotated[BuiltLater[LabelStep], Tag("step:label")],
            Annotated[BuiltLater[GoToStep], Tag("step:go to")],
            Annotated[BuiltLater[AgainStep], Tag("step:again")],
            Annotated[BuiltLater[RepeatStep], Tag("step:repeat")],
            Annotated[BuiltLater[MarkStep], Tag("step:mark")],
            Annotated[BuiltLater[PppStep], Tag("step:ppp")],
            Annotated[BuiltLater[SlipStep], Tag("step:slip")],
            Annotated[BuiltLater[RunStep], Tag("step:run")],
        ],
        Discriminator(_kind, custom_error_type="unknown_step", custom_error_message="not a step"),
    ],
)
"""One step of a dialogue. It has a name so that pydantic builds its schema once and not for each list of steps."""


def _target_kind(value: Any) -> str:
    return "target:steps" if isinstance(value, list) else "target:word"


Target = Annotated[
    Annotated[list[Step], Tag("target:steps")] | Annotated[LabelName, Tag("target:word")],
    Discriminator(_target_kind),
]
"""Where an answer leads: ``next``, ``again``, a label, or a list of steps."""
