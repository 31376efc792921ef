"""Dialogues compiled: nested steps in, flat code for the dialogue machine out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence

from simisp.diagnostics import Diagnostic, nearest
from simisp.isp import steps as code
from simisp.scenario.document import Document
from simisp.scenario.steps import (
    AgainStep,
    AuthenticateStep,
    BannerStep,
    ExpectStep,
    GoToStep,
    HangUpStep,
    LabelStep,
    MarkStep,
    PauseStep,
    PromptStep,
    RepeatStep,
    SendStep,
    SilenceStep,
    Step,
)

__all__ = ["compile_dialogue"]

_Path = tuple[str | int, ...]
_Resolve = Callable[[], int]

_PASSWORD = re.compile(r"pass\s*word|password|assword|passwd|secret|pin\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_USER, _SECRET = "username", "password"


def compile_dialogue(
    steps: Sequence[Step], *, name: str, path: _Path, document: Document, has_accounts: bool
) -> tuple[code.Program, list[Diagnostic]]:
    """Return a dialogue's code and what is wrong with its labels, names and accounts.

    Args:
        steps: The steps.
        name: What the scenario calls the dialogue.
        path: Where the list of steps stands in the document.
        document: For places.
        has_accounts: Whether the scenario has accounts, which ``authenticate`` needs.
    """
    compiler = _Compiler(document, has_accounts)
    compiler.block(steps, path, question=None)
    return compiler.finish(name), compiler.diagnostics


class _Compiler:
    """Emits instructions; jumps are resolved when all labels are known."""

    def __init__(self, document: Document, has_accounts: bool) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._has_accounts = has_accounts
        self._code: list[Callable[[], code.Instruction]] = []
        self._labels: dict[str, int] = {}
        self._names: set[str] = set()
        self._secret_names: set[str] = {_SECRET}
        self._texts: list[tuple[str, _Path]] = []
        self._targets: list[tuple[str, _Path]] = []

    def finish(self, name: str) -> code.Program:
        """Check what needs the whole dialogue, and return the code."""
        for text, path in self._texts:
            self._check_placeholders(text, path)
        for label, path in self._targets:
            if label not in self._labels:
                self._complain(path, f"no label {label!r} in this dialogue", label, self._labels)
        if self.diagnostics:
            return code.Program(name=name)
        return code.Program(tuple(emit() for emit in self._code), name, dict(self._labels))

    def block(self, steps: Sequence[Step], path: _Path, *, question: int | None) -> None:
        """Compile steps one after the other.

        Args:
            steps: The steps.
            path: Where their list stands.
            question: The index that ``again`` leads to; None outside a question.
        """
        for index, step in enumerate(steps):
            self._step(step, (*path, index), question)

    def _step(self, step: Step, path: _Path, question: int | None) -> None:  # noqa: C901, PLR0912 - a table of steps
        match step:
            case BannerStep(banner=text):
                self._send(text, (*path, "banner"), own_line=True)
            case SendStep(send=text):
                self._send(text, (*path, "send"))
            case PromptStep():
                self._prompt(step, path)
            case ExpectStep():
                self._expect(step, path)
            case AuthenticateStep():
                self._authenticate(step, path)
            case PauseStep(pause=seconds):
                self._emit(code.Pause(seconds))
            case SilenceStep(silence=seconds):
                self._emit(code.Silence(None if seconds == math.inf else seconds))
            case HangUpStep():
                self._emit(code.HangUp())
            case LabelStep(label=label):
                self._label(label, path)
            case GoToStep(go_to=label):
                self._go_to(label, (*path, "go to"))
            case AgainStep():
                self._again(path, question)
            case RepeatStep():
                self._repeat(step, path, question)
            case MarkStep(mark=name):
                self._emit(code.Mark(name))

    @property
    def _here(self) -> int:
        return len(self._code)

    def _emit(self, instruction: code.Instruction) -> None:
        self._code.append(lambda: instruction)

    def _complain(self, path: _Path, message: str, word: str = "", known: Iterable[str] = ()) -> None:
        guess = nearest(word, known)
        self.diagnostics.append(
            Diagnostic(self._document.find(path)[0], message, f"did you mean {guess!r}?" if guess else "")
        )

    def _send(self, text: str, path: _Path, *, own_line: bool = False) -> None:
        self._texts.append((text, path))
        self._emit(code.Send(text, own_line))

    def _label(self, label: str, path: _Path) -> None:
        if label in ("next", "again"):
            self._complain((*path, "label"), f"{label!r} has a meaning of its own and can't be a label")
        elif label in self._labels:
            self._complain((*path, "label"), f"label {label!r} stands twice in this dialogue")
        self._labels[label] = self._here

    def _again(self, path: _Path, question: int | None) -> None:
        if question is None:
            self._complain(path, "'again' belongs into the steps of a choice: there is no question here to ask again")
        else:
            self._emit(code.Jump(question))

    def _go_to(self, label: str, path: _Path) -> None:
        self._targets.append((label, path))
        self._code.append(lambda: code.Jump(self._labels[label]))

    def _repeat(self, step: RepeatStep, path: _Path, question: int | None) -> None:
        start = self._here
        self.block(step.repeat.steps, (*path, "repeat", "steps"), question=question)
        times = step.repeat.times
        self._emit(code.Jump(start) if times is None else code.Loop(start, times))

    def _prompt(self, step: PromptStep, path: _Path) -> None:
        echo = step.echo if "echo" in step.model_fields_set else not _PASSWORD.search(step.prompt)
        secret = not echo or bool(_PASSWORD.search(step.prompt))
        if step.expect is not None and step.choices is not None:
            self._complain((*path, "expect"), "write expect, or choices, not both")
        question = self._here
        self._send(step.prompt, (*path, "prompt"), own_line=True)
        name = step.read or (_USER if re.search(r"user|login", step.prompt, re.IGNORECASE) else None)
        answers: dict[str, object] = {step.expect: "next"} if step.expect is not None else dict(step.choices or {})
        otherwise = step.otherwise if step.otherwise is not None else ("again" if answers else "next")
        self._ask(
            path,
            question,
            prompt=step.prompt,
            name=name,
            echo=echo,
            secret=secret,
            answers=answers,
            otherwise=otherwise,
        )

    def _expect(self, step: ExpectStep, path: _Path) -> None:
        otherwise = step.otherwise if step.otherwise is not None else "again"
        answers: dict[str, object] = {step.expect: "next"}
        self._ask(
            path, self._here, prompt="", name=step.read, echo=step.echo, secret=False, answers=answers,
            otherwise=otherwise,
        )  # fmt: skip

    def _ask(
        self,
        path: _Path,
        question: int,
        *,
        prompt: str,
        name: str | None,
        echo: bool,
        secret: bool,
        answers: dict[str, object],
        otherwise: object,
    ) -> None:
        """Emit a question, then the steps of its choices, each followed by a jump behind them all."""
        if name is not None:
            (self._secret_names if secret else self._names).add(name)
        targets: list[tuple[code.Answer, _Resolve]] = []
        default: list[_Resolve] = []
        self._code.append(
            lambda: code.Ask(
                prompt,
                again=question,
                name=name,
                echo=echo,
                secret=secret,
                choices=tuple((answer, target()) for answer, target in targets),
                otherwise=default[0](),
            )
        )
        end: list[int] = []
        for answer, target in answers.items():
            resolved = self._target(target, (*path, "choices", answer), question, end)
            targets.append((_answer(answer), resolved))
        default.append(self._target(otherwise, (*path, "otherwise"), question, end))
        end.append(self._here)

    def _target(self, target: object, path: _Path, question: int, end: list[int]) -> _Resolve:
        """Return how to find the index that a target leads to; its own steps are compiled here."""
        if target == "next":
            return lambda: end[0]
        if target == "again":
            return lambda: question
        if isinstance(target, str):
            self._targets.append((target, path))
            return lambda: self._labels[target]
        assert isinstance(target, list)
        start = self._here
        self.block(target, path, question=question)
        self._code.append(lambda: code.Jump(end[0]))
        return lambda: start

    def _authenticate(self, step: AuthenticateStep, path: _Path) -> None:
        asked = step.authenticate
        if not self._has_accounts:
            self._complain(path, "'authenticate' needs accounts under isp")
        start = self._here
        self._send(asked.user, (*path, "authenticate", "user"), own_line=True)
        self._emit(code.Ask(asked.user, again=start, name=_USER, otherwise=start + 2))
        self._send(asked.password, (*path, "authenticate", "password"), own_line=True)
        # After `again` the user name has to be given anew, as getty and login do it.
        self._emit(
            code.Ask(asked.password, again=start + 2, name=_SECRET, echo=False, secret=True, otherwise=start + 4)
        )
        refused, over = start + 5, start + 7
        self._emit(
            code.CheckAccount(_USER, _SECRET, asked.attempts, accepted=over + 2, refused=refused, exhausted=over)
        )
        self._send(asked.refusal, (*path, "authenticate", "refusal"), own_line=True)
        self._emit(code.Jump(start))
        self._send(asked.refusal, (*path, "authenticate", "refusal"), own_line=True)
        self._emit(code.HangUp())
        self._names.add(_USER)

    def _check_placeholders(self, text: str, path: _Path) -> None:
        for name in _PLACEHOLDER.findall(text):
            if name in self._secret_names:
                self._complain(path, f"{{{name}}} is a secret, and a secret is never sent back")
            elif name not in self._names:
                self._complain(path, f"nothing is read under the name {name!r} in this dialogue", name, self._names)


def _answer(text: str) -> code.Answer:
    is_pattern = len(text) > 1 and text.startswith("/") and text.endswith("/")
    return code.pattern(text[1:-1]) if is_pattern else code.literal(text)
