"""References between parts of a scenario: calls name dialogues, expectations name prompts and marks."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence

from simisp.diagnostics import Diagnostic, nearest
from simisp.isp.steps import DialogueProgram, Mark, ReadLine
from simisp.scenario.document import Document, Path
from simisp.scenario.expectations import ClientExitStatus, CredentialsSentOnlyAt, Expectation, Reached
from simisp.scenario.model import IspSection, ModemSection, OwnLineSection, Scenario

__all__ = ["check_expectations", "check_isp", "check_lines", "order_of_calls"]


def order_of_calls(isp: IspSection) -> tuple[str, ...]:
    """Return the dialogue of the first call, the second, and so on; empty if there is no dialogue."""
    if isp.dialogue is not None:
        return ("dialogue",)
    return tuple(isp.calls if isp.calls is not None else isp.dialogues or ())


def check_isp(isp: IspSection, document: Document, unread: Container[str]) -> Iterator[Diagnostic]:
    """Yield the contradictions between ``dialogue``, ``dialogues`` and ``calls``, and in ``ppp``.

    Args:
        isp: The ISP.
        document: The document, for places.
        unread: Texts from parts that could not be read: any of them may be a name that is referred to.
    """
    dialogues = isp.dialogues or {}
    if isp.ppp is not None and isp.ppp.contradiction:
        from simisp.scenario.ppp_section import BEHIND_THE_LINK  # with the section it is imported already

        yield Diagnostic(document.key_place(("isp", "ppp", "run")), isp.ppp.contradiction, BEHIND_THE_LINK)
    if isp.ppp is not None and (useless := isp.ppp.useless_option):
        from simisp.scenario.ppp_section import BEHAVIOUR_OPTIONS

        place = document.key_place(("isp", "ppp", useless))
        yield Diagnostic(place, f"{useless!r} goes with {BEHAVIOUR_OPTIONS[useless]}", "")
    if isp.dialogue is not None and isp.dialogues is not None:
        yield Diagnostic(document.key_place(("isp", "dialogue")), "write dialogue, or dialogues with calls, not both")
    if isp.calls is None and len(dialogues) > 1 and "calls" not in unread:
        place = document.key_place(("isp", "dialogues"))
        yield Diagnostic(place, "several dialogues need calls, to say which call gets which", _calls_hint(dialogues))
    if isp.calls is not None and isp.dialogues is None and "dialogues" not in unread:
        yield Diagnostic(document.key_place(("isp", "calls")), "calls names dialogues, but there are no dialogues")
        return
    for index, name in enumerate(isp.calls or ()):
        if name not in dialogues and name not in unread:
            yield _unknown(("isp", "calls", index), "dialogue", name, dialogues, document)


def check_lines(scenario: Scenario, document: Document) -> Iterator[Diagnostic]:
    """Yield what contradicts the lines: several lines are several modems, each with one port, a name and a number."""
    count = scenario.line_count
    if count is not None:
        yield from _no_multiplexer(scenario.modem, (), document)
    if isinstance(scenario.lines, list):
        yield from _check_own_lines(scenario.lines, document)
        yield from _check_names_of_ports(scenario, scenario.lines, document)
    for number, lines in scenario.exchange.hunt_groups.items():
        for index, line in enumerate(lines):
            if line > (count or 0):
                hint = f"there are lines 1 to {count}" if count else "say how many there are, such as lines: 4"
                yield Diagnostic(
                    document.place(("exchange", "hunt groups", number, index)), f"there is no line {line}", hint
                )


def _check_own_lines(lines: Sequence[OwnLineSection], document: Document) -> Iterator[Diagnostic]:
    names: dict[str, int] = {}
    for index, line in enumerate(lines):
        path = ("lines", index)
        name = line.name or str(index + 1)
        if name in names:
            place = document.place((*path, "name"))
            yield Diagnostic(place, f"line {names[name]} is named {name!r} too", "give each line a name of its own")
        names.setdefault(name, index + 1)
        if line.modem is not None:
            yield from _no_multiplexer(line.modem, path, document)
        for number, expected in enumerate(line.expect or ()):
            if isinstance(expected, ClientExitStatus):
                yield Diagnostic(
                    document.place((*path, "expect", number)), "an exit status is that of the command, not of a line",
                    "write it in the scenario's own expect",
                )  # fmt: skip
        if line.exchange is not None and line.exchange.hunt_groups:
            yield Diagnostic(
                document.key_place((*path, "exchange", "hunt groups")), "hunt groups are for all lines together",
                "write them in the scenario's own exchange",
            )  # fmt: skip


def _check_names_of_ports(
    scenario: Scenario, lines: Sequence[OwnLineSection], document: Document
) -> Iterator[Diagnostic]:
    """Yield the lines that are named like a further port of another one."""
    ports: dict[str, str] = {}
    for index, line in enumerate(lines):
        own = line.modem.ports if line.modem is not None and "ports" in line.modem.model_fields_set else None
        name = line.name or str(index + 1)
        ports.update((f"{name}-{port}", name) for port in (own or scenario.modem.ports or [])[1:])
    for index, line in enumerate(lines):
        if line.name in ports:
            place = document.place(("lines", index, "name"))
            yield Diagnostic(
                place,
                f"line {ports[line.name]} has a port that is named {line.name!r}",
                "give each line a name of its own",
            )


def _no_multiplexer(modem: ModemSection, path: Path, document: Document) -> Iterator[Diagnostic]:
    if modem.cmux is not None:
        yield Diagnostic(
            document.key_place((*path, "modem", "cmux")), "cmux is for one modem, and there are lines",
            "leave out lines, or this",
        )  # fmt: skip


def check_expectations(
    expected: Sequence[Expectation],
    programs: Sequence[DialogueProgram],
    document: Document,
    unread: Container[str],
    where: Path = (),
) -> Iterator[Diagnostic]:
    """Yield the names in expectations that occur in no dialogue.

    Args:
        expected: The expectations.
        programs: The dialogues that they are about.
        document: The document, for places.
        unread: Texts from parts that could not be read: any of them may be a name that is referred to.
        where: The path of the section that has them; empty for the scenario itself.
    """
    code = [instruction for program in programs for instruction in program.code]
    prompts = {
        instruction.prompt: None for instruction in code if isinstance(instruction, ReadLine) and instruction.prompt
    }
    passed = {instruction.name: None for instruction in code if isinstance(instruction, Mark)}
    for index, expectation in enumerate(expected):
        path: Path = (*where, "expect", index)
        match expectation:
            case CredentialsSentOnlyAt(credentials_sent_only_at=named):
                path, known, what = (*path, "credentials sent only at"), prompts, "prompt"
            case Reached(reached=place):
                path, named, known, what = (*path, "reached"), [place], prompts | passed, "mark, label or prompt"
            case _:
                continue
        for number, name in enumerate(named):
            if name not in known and name not in unread:
                yield _unknown((*path, number), what, name, known, document)


def _unknown(path: Path, what: str, name: str, known: Collection[str], document: Document) -> Diagnostic:
    guess = nearest(name, known)
    hint = f"did you mean {guess!r}?" if guess else "known: " + ", ".join(known) if known else ""
    return Diagnostic(document.place(path), f"no {what} {name!r}", hint)


def _calls_hint(dialogues: Collection[str]) -> str:
    return f"such as calls: [{', '.join(dialogues)}]"
