"""The steps of a dialogue, as the scenario has them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from typing_extensions import TypeAliasType

from simisp.diagnostics import nearest
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
    YesNo,
)

__all__ = [
    "NOT_YET_STEPS",
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
"""What the kinds of steps and targets begin with in the path of a mistake."""

USER_NAME = "username"
"""What the answer to a prompt for the user name is remembered as when the scenario does not say."""

_SECRET_PROMPT = re.compile(r"pass\s*(?:word|code|phrase)|passwd|secret|\bpin\b", re.IGNORECASE)
_USER_PROMPT = re.compile(r"user|log\s*[io]n", re.IGNORECASE)

NOT_YET_STEPS = ("ppp", "run")
"""Steps of the language that this version does not play."""


class Strict(BaseModel):
    """A part of a scenario: unknown keys are mistakes, and it does not change once loaded."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        # Each model is built once, inside the scenario that holds it, and not again for itself.
        defer_build=True,
    )


class BaseStep(Strict):
    """One step of a dialogue."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        """Take a step that is just its name, such as ``- silence``."""
        return {value: None} if isinstance(value, str) else value


class BannerStep(BaseStep):
    """Send a text, on a line of its own."""

    banner: Text


class SendStep(BaseStep):
    """Send a text as it is."""

    send: Text


class PromptStep(BaseStep):
    """Show a prompt on a line of its own and read a line; an empty one is asked again."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["expect", "choices"]}})

    prompt: Text
    read: Annotated[ReadName | None, Given] = Field(
        None, description="Remember what was typed under this name, for {name} in texts."
    )
    expect: Annotated[AnswerText | None, Given] = Field(
        None, description="The only right answer; any other is asked again."
    )
    choices: Annotated[dict[AnswerText, Target] | None, Given] = Field(
        None, description="Answers, and what follows each."
    )
    echo: Annotated[YesNo | None, Given] = Field(
        None, description="Whether what is typed is sent back; by default not at a password."
    )
    otherwise: Annotated[Target | None, Given] = Field(
        None, description="What follows any other answer; by default, ask again."
    )

    @property
    def echoes(self) -> bool:
        """Whether what is typed is sent back."""
        return not _SECRET_PROMPT.search(self.prompt) if self.echo is None else self.echo

    @property
    def is_secret(self) -> bool:
        """Whether what is typed is masked: it asks for a password, or nothing is sent back."""
        return bool(_SECRET_PROMPT.search(self.prompt)) or not self.echoes

    @property
    def remembered_as(self) -> str | None:
        """The name that the answer is remembered under."""
        return self.read or (USER_NAME if _USER_PROMPT.search(self.prompt) and not self.is_secret else None)


class ExpectStep(BaseStep):
    """Read a line without a prompt."""

    expect: AnswerText = Field(description="The only right answer; any other is waited out.")
    read: Annotated[ReadName | None, Given] = Field(
        None, description="Remember what was typed under this name, for {name} in texts."
    )
    echo: YesNo = Field(True, description="Whether typed characters are sent back.")
    otherwise: Annotated[Target | None, Given] = Field(
        None, description="What follows any other answer; by default, wait on."
    )


class Authentication(Strict):
    """How the user name and the password are asked for."""

    user: Text = "Username:"
    password: Text = "Password:"  # noqa: S105 - a prompt, not a password
    attempts: Count = Field(3, description="How many wrong log-ins are borne before the ISP hangs up.")
    refusal: Text = Field("Login incorrect\n", description="What a wrong log-in is told.")


class AuthenticateStep(BaseStep):
    """Ask for user name and password and check them against ``accounts``; hang up after too many failures."""

    authenticate: Authentication

    @model_validator(mode="before")
    @classmethod
    def _all_defaults(cls, value: Any) -> Any:
        """Take ``- authenticate`` with nothing behind it."""
        return {"authenticate": {}} if value in ("authenticate", {"authenticate": None}) else value


class PauseStep(BaseStep):
    """Do nothing for a while; what is typed meanwhile is kept."""

    pause: DurationValue


class SilenceStep(BaseStep):
    """Stop responding, for ever or for a while; what is typed meanwhile is lost."""

    silence: SilenceValue

    @model_validator(mode="before")
    @classmethod
    def _for_ever(cls, value: Any) -> Any:
        """Take ``- silence`` with nothing behind it."""
        return {"silence": FOREVER} if value in ("silence", {"silence": None}) else value


class HangUpStep(BaseStep):
    """End the call from the ISP's side."""

    hang_up: None = Field(alias="hang up")


class LabelStep(BaseStep):
    """Name this place, for ``go to`` and ``choices``."""

    label: LabelName


class GoToStep(BaseStep):
    """Go on at a label."""

    go_to: LabelName = Field(alias="go to")


class AgainStep(BaseStep):
    """Within the steps of a choice: ask the question once more."""

    again: None


class Repetition(Strict):
    """Steps that are done several times."""

    times: Annotated[Count | None, Given] = Field(None, description="How often; without it, for ever.")
    steps: list[Step] = Field(min_length=1)


class RepeatStep(BaseStep):
    """Do steps several times, or for ever."""

    repeat: Repetition


class MarkStep(BaseStep):
    """Note a name in the transcript."""

    mark: LabelName


_STEPS: dict[str, type[BaseStep]] = {
    "banner": BannerStep,
    "send": SendStep,
    "prompt": PromptStep,
    "authenticate": AuthenticateStep,
    "pause": PauseStep,
    "silence": SilenceStep,
    "hang up": HangUpStep,
    "label": LabelStep,
    "go to": GoToStep,
    "again": AgainStep,
    "repeat": RepeatStep,
    "mark": MarkStep,
    "expect": ExpectStep,
}
STEP_WORDS = tuple(_STEPS)
"""The first words of all steps."""


def step_model(tag: str) -> type[Strict] | None:
    """Return the model of a step's tag, or None when the tag is none of a step."""
    return _STEPS.get(tag.removeprefix(STEP_TAG)) if tag.startswith(STEP_TAG) else None


def _kind(value: Any) -> str | None:
    """Return the tag of the step that a value is, or None."""
    if isinstance(value, BaseStep):  # made by a program
        return next((STEP_TAG + word for word, model in _STEPS.items() if type(value) is model), None)
    if isinstance(value, str):
        return STEP_TAG + value if value in _STEPS else None
    if isinstance(value, dict):
        # `expect` also belongs to a prompt; otherwise the first key that is a step says which it is.
        words = [word for word in value if word in _STEPS]
        kind = next((word for word in words if word != "expect"), words[0]) if words else None
        return STEP_TAG + kind if kind is not None and not _is_misspelt(next(iter(value)), kind) else None
    return None


def _is_misspelt(first: str, kind: str) -> bool:
    """Return whether a step's first key was rather meant to be another step's name than a part of this one."""
    parts = [field.alias or name for name, field in _STEPS[kind].model_fields.items()]
    return first not in parts and nearest(first, _STEPS) is not None and nearest(first, parts) is None


Step = TypeAliasType(
    "Step",
    Annotated[
        Annotated[BannerStep, Tag("step:banner")]
        | Annotated[SendStep, Tag("step:send")]
        | Annotated[PromptStep, Tag("step:prompt")]
        | Annotated[ExpectStep, Tag("step:expect")]
        | Annotated[AuthenticateStep, Tag("step:authenticate")]
        | Annotated[PauseStep, Tag("step:pause")]
        | Annotated[SilenceStep, Tag("step:silence")]
        | Annotated[HangUpStep, Tag("step:hang up")]
        | Annotated[LabelStep, Tag("step:label")]
        | Annotated[GoToStep, Tag("step:go to")]
        | Annotated[AgainStep, Tag("step:again")]
        | Annotated[RepeatStep, Tag("step:repeat")]
        | Annotated[MarkStep, Tag("step:mark")],
        Discriminator(_kind, custom_error_type="unknown_step", custom_error_message="not a step"),
    ],
)
"""One step of a dialogue. Named, so that pydantic makes its schema once and not at each list of steps."""


def _target_kind(value: Any) -> str:
    return "target:steps" if isinstance(value, list) else "target:word"


Target = Annotated[
    Annotated[list[Step], Tag("target:steps")] | Annotated[LabelName, Tag("target:word")],
    Discriminator(_target_kind),
]
"""Where an answer leads: ``next``, ``again``, a label, or a list of steps."""
