"""The steps of a dialogue, as the scenario has them."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from simisp.scenario.values import FOREVER, AnswerText, Count, DurationValue, LabelName, SilenceValue, Text

__all__ = [
    "NOT_YET_STEPS",
    "STEP_TAG",
    "STEP_WORDS",
    "AgainStep",
    "AuthenticateStep",
    "BannerStep",
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
"""What a step's kind begins with in the path of a mistake, so that it is not taken for a key."""

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


class _Step(Strict):
    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        """Take a step that is just its name, such as ``- silence``."""
        return {value: None} if isinstance(value, str) else value


class BannerStep(_Step):
    """Send a text, on a line of its own."""

    banner: Text


class SendStep(_Step):
    """Send a text as it is."""

    send: Text


class PromptStep(_Step):
    """Show a prompt on a line of its own and read a line; an empty one is asked again."""

    prompt: Text
    read: LabelName | None = Field(None, description="Remember what was typed under this name.")
    expect: AnswerText | None = Field(None, description="The only right answer; any other is asked again.")
    choices: dict[AnswerText, Target] | None = Field(None, description="Answers, and what follows each.")
    echo: bool = Field(True, description="Whether typed characters are sent back; by default not at a password.")
    otherwise: Target | None = Field(None, description="What follows any other answer; by default, ask again.")


class ExpectStep(_Step):
    """Read a line without a prompt."""

    expect: AnswerText
    read: LabelName | None = None
    echo: bool = True
    otherwise: Target | None = None


class Authentication(Strict):
    """How the user name and the password are asked for."""

    user: Text = "Username:"
    password: Text = "Password:"  # noqa: S105 - a prompt, not a password
    attempts: Count = Field(3, description="How many wrong log-ins are borne before the ISP hangs up.")
    refusal: Text = Field("Login incorrect\n", description="What a wrong log-in is told.")


class AuthenticateStep(_Step):
    """Ask for user name and password and check them against ``accounts``; hang up after too many failures."""

    authenticate: Authentication

    @model_validator(mode="before")
    @classmethod
    def _all_defaults(cls, value: Any) -> Any:
        """Take ``- authenticate`` with nothing behind it."""
        return {"authenticate": {}} if value in ("authenticate", {"authenticate": None}) else value


class PauseStep(_Step):
    """Do nothing for a while; what is typed meanwhile is kept."""

    pause: DurationValue


class SilenceStep(_Step):
    """Stop responding, for ever or for a while; what is typed meanwhile is lost."""

    silence: SilenceValue = math.inf

    @model_validator(mode="before")
    @classmethod
    def _for_ever(cls, value: Any) -> Any:
        """Take ``- silence`` with nothing behind it."""
        return {"silence": FOREVER} if value in ("silence", {"silence": None}) else value


class HangUpStep(_Step):
    """End the call from the ISP's side."""

    hang_up: None = Field(None, alias="hang up")


class LabelStep(_Step):
    """Name this place, for ``go to`` and ``choices``."""

    label: LabelName


class GoToStep(_Step):
    """Go on at a label."""

    go_to: LabelName = Field(alias="go to")


class AgainStep(_Step):
    """Within the steps of a choice: ask the question once more."""

    again: None = None


class Repetition(Strict):
    """Steps that are done several times."""

    times: Count | None = Field(None, description="How often; without it, for ever.")
    steps: list[Step] = Field(min_length=1)


class RepeatStep(_Step):
    """Do steps several times, or for ever."""

    repeat: Repetition


class MarkStep(_Step):
    """Note a name in the transcript."""

    mark: LabelName


_STEPS: dict[str, type[_Step]] = {
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
    if isinstance(value, str):
        return STEP_TAG + value if value in _STEPS else None
    if isinstance(value, dict):
        # `expect` also belongs to a prompt; otherwise the first key that is a step says which it is.
        words = [word for word in value if word in _STEPS]
        first = next((word for word in words if word != "expect"), words[0]) if words else None
        return STEP_TAG + first if first else None
    return next((STEP_TAG + word for word, model in _STEPS.items() if type(value) is model), None)


Step = Annotated[
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
]


def _target_kind(value: Any) -> str:
    return "target:steps" if isinstance(value, list) else "target:word"


Target = Annotated[
    Annotated[list[Step], Tag("target:steps")] | Annotated[LabelName, Tag("target:word")],
    Discriminator(_target_kind),
]
"""Where an answer leads: ``next``, ``again``, a label, or a list of steps."""
