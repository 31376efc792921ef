"""Compiles dialogues: nested steps in, flat code for the dialogue machine out."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from simisp.diagnostics import Diagnostic, nearest
from simisp.isp import steps as code
from simisp.scenario.document import Document, Path
from simisp.scenario.endless import endless_loops
from simisp.scenario.reading import MOST_TOLD
from simisp.scenario.safe_pattern import MOST_STEPS_OF_A_QUESTION, steps
from simisp.scenario.steps import (
    USER_NAME,
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
    Target,
)
from simisp.scenario.values import is_pattern

if TYPE_CHECKING:
    from simisp.scenario.deeds import WaitForStep
    from simisp.scenario.model import IspSection
    from simisp.scenario.ppp_section import PppSection, PppStep
    from simisp.scenario.program_section import ProgramSection, RunStep
    from simisp.scenario.slip_section import SlipStep

__all__ = ["compile_dialogue"]

_Resolve = Callable[[], int]

_SECRET_NAME = "password"  # noqa: S105 - a name, not a password


def compile_dialogue(
    steps: Sequence[Step],
    *,
    name: str,
    path: Path,
    document: Document,
    has_accounts: bool,
    unread: Container[str] = frozenset(),
    whole: bool = True,
    isp: IspSection | None = None,
) -> tuple[code.DialogueProgram, list[Diagnostic]]:
    """Return a dialogue's code and what is wrong with its labels, names, loops and accounts.

    Args:
        steps: The steps.
        name: The dialogue's name in the scenario.
        path: The path of the list of steps in the document.
        document: The document, for places.
        has_accounts: Whether the scenario has accounts, which ``authenticate`` needs.
        unread: Texts from parts that could not be read: any of them may be a label or a name.
        whole: Whether all steps could be read, so that a loop that seems not to wait really does not.
        isp: The ISP, whose PPP and accounts the step ``ppp`` has where it says nothing else; None for none.
    """
    compiler = _Compiler(document, has_accounts=has_accounts, unread=unread, isp=isp)
    compiler.block(steps, path, question=None)
    return compiler.finish(name, whole=whole), compiler.diagnostics


class _Compiler:
    """Emits instructions; jumps are resolved once all labels are known."""

    def __init__(
        self, document: Document, *, has_accounts: bool, unread: Container[str], isp: IspSection | None = None
    ) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._document = document
        self._has_accounts = has_accounts
        self._isp = isp
        self._unread = unread
        self._code: list[Callable[[], code.Instruction]] = []
        self._paths: list[Path] = []
        self._labels: dict[str, int] = {}
        self._names: set[str] = set()
        self._secret_names: set[str] = {_SECRET_NAME}
        self._targets: list[tuple[str, Path]] = []
        self._handed_over: list[tuple[int, Path]] = []
        self._followers: list[tuple[int, int, Path]] = []

    def finish(self, name: str, *, whole: bool) -> code.DialogueProgram:
        """Do the checks that need the whole dialogue, and return the code."""
        labels = dict(self._labels)
        for label, path in self._targets:
            if label not in labels:
                if label not in self._unread:
                    self._complain(path, f"no label {label!r} in this dialogue", label, labels)
                self._labels[label] = self._here
        program = code.DialogueProgram(tuple(emit() for emit in self._code), name, labels)
        for instruction, path in zip(program.code, self._paths, strict=True):
            if isinstance(instruction, code.Send):
                self._check_names(instruction, path)
        for index in endless_loops(program.code) if whole else ():
            place = self._document.key_place(self._paths[index])
            hint = "put a prompt, a pause or a silence into the loop, or say how many times"
            message = "from here the dialogue goes in a circle without ever waiting"
            self.diagnostics.append(Diagnostic(place, message, hint))
        if whole and self._handed_over:
            self._look_for_unreached(program.code)
        return program

    def _look_for_unreached(self, instructions: Sequence[code.Instruction]) -> None:
        """Complain of the first of the steps in a list that never run, because the call was handed over before."""
        from simisp.scenario.unreached import reached  # few dialogues hand over

        found = reached(instructions)
        for before, start, path in self._followers:
            if start in found or before not in found or start == len(instructions):
                continue
            giver = max((index, path) for index, path in self._handed_over if index < start)[1]
            line = self._document.place(giver).line
            message = f"this step never runs: the dialogue is over with {str(giver[-1])!r} in line {line}"
            advice = "what has the call then hangs up itself; what the caller is to get goes before it"
            self._complain(path, message, advice=advice)

    def block(self, steps: Sequence[Step], path: Path, *, question: int | None) -> None:
        """Compile a list of steps.

        Args:
            steps: The steps.
            path: The path of their list.
            question: The index that ``again`` leads to; None outside the steps of a choice.
        """
        before = self._here
        for index, step in enumerate(steps):
            start = self._here
            if index:
                self._followers.append((before, start, (*path, index)))
            self._step(step, (*path, index), question)
            before = start

    def _step(self, step: Step, path: Path, question: int | None) -> None:  # noqa: C901, PLR0912 - a table of steps
        match step:
            case BannerStep(banner=text):
                self._emit(code.Send(text, own_line=True), (*path, "banner"))
            case SendStep(send=text):
                self._emit(code.Send(text), (*path, "send"))
            case PromptStep():
                self._prompt(step, path)
            case ExpectStep():
                self._expect(step, path)
            case AuthenticateStep():
                self._authenticate(step, path)
            case PauseStep(pause=seconds):
                self._emit(code.Pause(seconds), path)
            case SilenceStep(silence=seconds):
                self._emit(code.Silence(None if seconds == math.inf else seconds), path)
            case HangUpStep():
                self._emit(code.HangUp(), path)
            case LabelStep(label=label):
                self._label(label, (*path, "label"))
            case GoToStep(go_to=label):
                self._go_to(label, (*path, "go to"))
            case AgainStep():
                self._again(path, question)
            case RepeatStep():
                self._repeat(step, path, question)
            case MarkStep(mark=name):
                self._emit(code.Mark(name), path)
            case _:
                self._rare_step(step, path)

    def _rare_step(self, step: WaitForStep | PppStep | SlipStep | RunStep, path: Path) -> None:
        """Compile a step that few dialogues have: the others start faster without the models of these."""
        from simisp.scenario.deeds import WaitForStep
        from simisp.scenario.ppp_section import PppStep
        from simisp.scenario.program_section import RunStep
        from simisp.scenario.slip_section import SlipMaker, SlipStep

        match step:
            case WaitForStep():
                self._wait_for(step, path)
            case PppStep(ppp=section):
                self._speak_ppp(section, path)
            case SlipStep(slip=slip):
                maker = SlipMaker(answers_ping=slip.network == "echo")
                self._hand_over(code.HandOver("SLIP", maker), (*path, "slip"))
            case RunStep(run=program):
                self._run(program, (*path, "run"))
            case _:
                assert_never(step)

    @property
    def _here(self) -> int:
        return len(self._code)

    def _emit(self, instruction: code.Instruction, path: Path) -> None:
        self._emit_later(lambda: instruction, path)

    def _emit_later(self, emit: Callable[[], code.Instruction], path: Path) -> None:
        self._code.append(emit)
        self._paths.append(path)

    def _complain(
        self, path: Path, message: str, word: str = "", known: Iterable[str] = (), *, advice: str = ""
    ) -> None:
        if len(self.diagnostics) > MOST_TOLD:
            return
        guess = nearest(word, known)
        hint = f"did you mean {guess!r}?" if guess else advice
        self.diagnostics.append(Diagnostic(self._document.place(path), message, hint))

    def _label(self, label: str, path: Path) -> None:
        if label in ("next", "again"):
            self._complain(path, f"{label!r} has a special meaning and can't be a label")
        elif label in self._labels:
            self._complain(path, f"label {label!r} occurs twice in this dialogue")
        self._labels[label] = self._here
        self._emit(code.Mark(label), path)

    def _again(self, path: Path, question: int | None) -> None:
        if question is None:
            self._complain(path, "'again' may only occur in a choice: there is no question here to ask again")
        else:
            self._emit(code.JumpTo(question), path)

    def _go_to(self, label: str, path: Path) -> None:
        self._targets.append((label, path))
        self._emit_later(lambda: code.JumpTo(self._labels[label]), path)

    def _repeat(self, step: RepeatStep, path: Path, question: int | None) -> None:
        times, path = step.repeat.times, (*path, "repeat")
        if times is not None:
            self._emit(code.Begin(), path)
        start = self._here
        self.block(step.repeat.steps, (*path, "steps"), question=question)
        self._emit(code.JumpTo(start) if times is None else code.RepeatFrom(start, times), path)

    def _prompt(self, step: PromptStep, path: Path) -> None:
        if step.expect is not None and step.choices is not None:
            self._complain((*path, "expect"), "write expect, or choices, not both")
        question = self._here
        self._emit(code.Send(step.prompt, own_line=True), (*path, "prompt"))
        answers: Mapping[str, Target] = {step.expect: "next"} if step.expect is not None else step.choices or {}
        otherwise = step.otherwise if step.otherwise is not None else ("again" if answers else "next")
        if step.too_late is not None and step.within is None:
            self._complain((*path, "too late"), "'too late' needs within", advice="such as within: 60s")
        ask = code.ReadLine(
            step.prompt, question, step.remembered_as, echo=step.echoes, secret=step.is_secret, within=step.within
        )
        self._ask(ask, answers, otherwise, path, step.too_late)

    def _expect(self, step: ExpectStep, path: Path) -> None:
        ask = code.ReadLine("", self._here, step.read, echo=step.echo, secret=not step.echo)
        self._ask(ask, {step.expect: "next"}, step.otherwise if step.otherwise is not None else "again", path)

    def _ask(
        self,
        ask: code.ReadLine,
        answers: Mapping[str, Target],
        otherwise: Target,
        path: Path,
        late: Target | None = None,
    ) -> None:
        """Emit a question, then the steps of its choices, each followed by a jump past them all."""
        if ask.name is not None:
            (self._secret_names if ask.secret else self._names).add(ask.name)
        targets: list[tuple[code.Answer, _Resolve]] = []
        default: list[_Resolve] = []
        limit: list[_Resolve] = []
        self._emit_later(
            lambda: replace(
                ask,
                choices=tuple((answer, target()) for answer, target in targets),
                otherwise=default[0](),
                late=limit[0]() if limit else 0,
            ),
            path,
        )
        end: list[int] = []
        self._check_patterns(answers, path)
        for answer, target in answers.items():
            targets.append((_answer(answer), self._target(target, (*path, "choices", answer), ask.again, end)))
        default.append(self._target(otherwise, (*path, "otherwise"), ask.again, end))
        if ask.within is not None:
            then: Target = [HangUpStep(hang_up=None)] if late is None else late
            limit.append(self._target(then, (*path, "too late"), ask.again, end))
        end.append(self._here)

    def _wait_for(self, step: WaitForStep, path: Path) -> None:
        """Emit a wait for what the client does, then the steps of ``too late``; ``again`` in them waits once more."""
        from simisp.scenario.deeds import deed_of_section

        if step.too_late is not None and step.within is None:
            self._complain((*path, "too late"), "'too late' needs within", advice="such as within: 60s")
        begin, end, limit = self._here, list[int](), list[_Resolve]()
        self._emit_later(
            lambda: code.AwaitDeed(
                deed_of_section(step.wait_for), end[0], within=step.within, late=limit[0]() if limit else 0
            ),
            path,
        )
        if step.within is not None:
            then: Target = [HangUpStep(hang_up=None)] if step.too_late is None else step.too_late
            limit.append(self._target(then, (*path, "too late"), begin, end))
        end.append(self._here)

    def _check_patterns(self, answers: Iterable[str], path: Path) -> None:
        """Refuse patterns that are fast enough each, but not all together."""
        if sum(steps(answer[1:-1]) for answer in answers if is_pattern(answer)) > MOST_STEPS_OF_A_QUESTION:
            self._complain((*path, "choices"), "the patterns of this question could take forever, one after the other")

    def _target(self, target: Target, path: Path, question: int, end: list[int]) -> _Resolve:
        """Return a function for the index that a target leads to; the target's own steps are compiled here."""
        if target == "next":
            return lambda: end[0]
        if target == "again":
            return lambda: question
        if isinstance(target, str):
            self._targets.append((target, path))
            return lambda: self._labels[target]
        start = self._here
        self.block(target, path, question=question)
        self._emit_later(lambda: code.JumpTo(end[0]), path)
        return lambda: start

    def _authenticate(self, step: AuthenticateStep, path: Path) -> None:
        if not self._has_accounts:
            self._complain(path, "'authenticate' needs accounts under isp", advice="such as accounts: {alice: secret}")
        asked, path, start = step.authenticate, (*path, "authenticate"), self._here
        self._emit(code.Send(asked.user, own_line=True), (*path, "user"))
        self._emit(code.ReadLine(asked.user, again=start, name=USER_NAME, otherwise=start + 2), path)
        self._emit(code.Send(asked.password, own_line=True), (*path, "password"))
        self._emit(
            code.ReadLine(
                asked.password, again=start + 2, name=_SECRET_NAME, echo=False, secret=True, otherwise=start + 4
            ),
            path,
        )
        # After a refusal the user name is asked for again, as getty and login do.
        refused, over = start + 5, start + 7
        self._emit(
            code.CheckAccount(
                USER_NAME, _SECRET_NAME, asked.attempts, accepted=over + 2, refused=refused, exhausted=over
            ),
            path,
        )
        self._emit(code.Send(asked.refusal, own_line=True), (*path, "refusal"))
        self._emit(code.JumpTo(start), path)
        self._emit(code.Send(asked.refusal, own_line=True), (*path, "refusal"))
        self._emit(code.HangUp(), path)
        self._names.add(USER_NAME)

    def _speak_ppp(self, section: PppSection, path: Path) -> None:
        from simisp.scenario.ppp_section import BEHAVIOUR_OPTIONS, BEHIND_THE_LINK
        from simisp.scenario.ppp_setup import ppp_maker

        base = self._isp.ppp if self._isp is not None else None
        whole = section if base is None else base.overridden_by(section)
        if section.contradiction:
            self._complain((*path, "ppp", "run"), section.contradiction, advice=BEHIND_THE_LINK)
        if (useless := whole.useless_option) and getattr(section, useless) is not None:
            self._complain((*path, "ppp", useless), f"{useless!r} goes with {BEHAVIOUR_OPTIONS[useless]}")
        if whole.network in ("run", "slip") and whole.run is None:
            advice = f"such as run: [slirp-fullbolt{', -P' if whole.network == 'run' else ''}]"
            self._complain(path, f"'network: {whole.network}' needs a program", advice=advice)
        if not whole.is_left_to_program and whole.local_address == whole.remote_address:
            message = f"both ends of PPP have the address {whole.local_address}"
            advice = "local is the ISP's (10.0.0.1 if left out), remote the client's (10.0.0.2)"
            self._complain(path, message, advice=advice)
        needs_accounts = whole.auth not in (None, "none") and not whole.is_left_to_program
        if needs_accounts and whole.accounts is None and not self._has_accounts:
            advice = "such as accounts: {alice: secret}, under isp or under ppp"
            self._complain(path, f"PPP with {whole.auth} needs accounts", advice=advice)
        accounts = self._isp.accounts if self._isp is not None else {}
        file = self._document.place((*path, "ppp", "run") if section.run is not None else ("isp", "ppp", "run")).file
        program = whole.run.name if whole.run is not None and whole.network != "none" else ""
        name = program if whole.is_left_to_program else "PPP"
        self._hand_over(code.HandOver(name, ppp_maker(whole, accounts, file=file), program), (*path, "ppp"))

    def _run(self, section: ProgramSection, path: Path) -> None:
        from simisp.joined_program import ProgramTerminal
        from simisp.scenario.program_setup import ProgramMaker, program_command

        program = program_command(section, self._document.place(path).file, ProgramTerminal.LINES)
        self._hand_over(code.HandOver(section.name, ProgramMaker(program), section.name), path)

    def _hand_over(self, instruction: code.HandOver, path: Path) -> None:
        self._handed_over.append((self._here, path))
        self._emit(instruction, path)

    def _check_names(self, text: code.Send, path: Path) -> None:
        for name in text.names:
            if name in self._secret_names:
                self._complain(path, f"{{{name}}} is a secret, and a secret is never sent back")
            elif name not in self._names and name not in self._unread:
                advice = f"read: {name} at a prompt, or write {{{{{name}}}}} to send the braces"
                message = f"no answer is read as {name!r} in this dialogue"
                self._complain(path, message, name, self._names, advice=advice)


def _answer(text: str) -> code.Answer:
    return code.pattern(text[1:-1]) if is_pattern(text) else code.literal(text)
