"""A script as a flow chart in mermaid: every wait with its limit, and the end of each path."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from simisp.scp import code
from simisp.scp.compiler import compile_script
from simisp.scp.flow import ControlFlow, Edge, EdgeKind, Point
from simisp.scp.printer import expression_text, statement_text
from simisp.scp.syntax import Waitfor

__all__ = ["explain_program", "explain_script"]

_WIDTH = 60  # characters shown of a statement
_ESCAPES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"})


def explain_script(text: str | bytes, name: str = "<script>") -> str:
    r"""Return a script's flow chart as mermaid text.

    Waits are hexagons with their limit, decisions are rhombs, statements that run without stopping are a box, and ends
    are rounded. A wait without limit has a dotted arrow to "waits forever".

    Raises:
        ScriptError: The script has mistakes.

    Example:
        >>> print(explain_script('proc main\n  waitfor "ogin:" until 30\nendproc'), end="")
        flowchart TD
          start(["proc main"])
          n0{{"line 2: waitfor #quot;ogin:#quot; until 30<br/>at most 30 s"}}
          n1(["line 3: endproc<br/>PPP or SLIP starts"])
          start --> n0
          n0 -->|"came"| n1
          n0 -->|"time ran out"| n1
    """
    return explain_program(compile_script(text, name))


def explain_program(program: code.Program) -> str:
    """Return the flow chart of a compiled script as mermaid text."""
    return "".join(f"{line}\n" for line in _Chart(ControlFlow(program)).lines())


@dataclass(frozen=True, slots=True)
class _Arrow:
    """A way on; without a target, an endless loop."""

    label: str
    target: Point | None


class _Chart:
    """Draws one program. Jumps and decided conditions are not drawn: arrows lead to where they end up."""

    def __init__(self, flow: ControlFlow) -> None:
        self._flow = flow
        self._instructions = flow.program.instructions
        self._first = self._drawn(flow.start)
        self._arrows: dict[Point, list[_Arrow]] = {}
        self._into: Counter[Point | None] = Counter([self._first])
        self._reach()

    def lines(self) -> Iterator[str]:
        """Yield the lines of the chart."""
        joined = {self._only_follower(point) for point in self._arrows}
        boxes = [self._box(point) for point in self._arrows if point not in joined]
        yield "flowchart TD"
        yield '  start(["proc main"])'
        for box in boxes:
            yield f"  {_name(box[0])}{self._node(box)}"
        yield f"  start --> {_name(self._first)}"
        for box in boxes:
            for arrow in self._arrows[box[-1]]:
                label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
                yield f"  {_name(box[0])} -->{label} {_name(arrow.target)}"
        if self._into[None]:
            yield '  spin(["loops forever without a wait"])'
        yield from self._endless(boxes)

    def _endless(self, boxes: list[list[Point]]) -> Iterator[str]:
        """Yield the nodes and arrows for waits that may never end."""
        endless = [box[0] for box in boxes if not self._is_bounded(box[0].index)]
        if endless:
            yield '  forever(["waits forever"])'
        for point in endless:
            yield f'  {_name(point)} -.->|"nothing comes"| forever'

    def _reach(self) -> None:
        """Find every point that is drawn, and the arrows between them."""
        queue = deque([] if self._first is None else [self._first])
        while queue:
            point = queue.popleft()
            if point not in self._arrows:
                arrows = self._arrows[point] = [self._arrow(point, edge) for edge in self._flow.edges(point)]
                targets = [arrow.target for arrow in arrows]
                self._into.update(targets)
                queue.extend(target for target in targets if target is not None)

    def _arrow(self, point: Point, edge: Edge) -> _Arrow:
        label = "" if edge.kind is EdgeKind.NEXT else edge.kind.value
        statement = self._instructions[point.index].statement
        if edge.alternative is not None and isinstance(statement, Waitfor) and len(statement.alternatives) > 1:
            label = f"{expression_text(statement.alternatives[edge.alternative].pattern)} came"
        return _Arrow(label, self._drawn(edge.target))

    def _drawn(self, point: Point) -> Point | None:
        """Return the first point from here on that is drawn; None if the path only loops."""
        passed = set()
        while point not in passed:
            passed.add(point)
            edges = self._flow.edges(point)
            if len(edges) != 1 or not isinstance(self._instructions[point.index], code.Jump | code.JumpUnless):
                return Point(point.index, point.success if point.index in self._flow.success_matters else None)
            point = edges[0].target
        return None

    def _box(self, point: Point) -> list[Point]:
        """Return the points drawn in one box: a point, and the plain ones that only it leads to."""
        box = [point]
        while (after := self._only_follower(box[-1])) is not None:
            box.append(after)
        return box

    def _only_follower(self, point: Point) -> Point | None:
        """Return the plain point that follows this plain one, if nothing else leads there."""
        arrows = self._arrows[point]
        after = arrows[0].target if len(arrows) == 1 and self._is_plain(point) else None
        return after if after is not None and self._is_plain(after) and self._into[after] == 1 else None

    def _is_plain(self, point: Point) -> bool:
        instruction = self._instructions[point.index]
        breaks = isinstance(instruction, code.JumpUnless | code.End | code.Halt)
        return not breaks and self._flow.wait(point.index) is None

    def _is_bounded(self, index: int) -> bool:
        wait = self._flow.wait(index)
        return wait is None or wait.bounded

    def _node(self, box: list[Point]) -> str:
        """Return the shape and text of a box."""
        index = box[0].index
        text = "<br/>".join(_escaped(self._text(point.index)) for point in box)
        match self._instructions[index]:
            case code.JumpUnless():
                return f'{{"{text}"}}'
            case code.End():
                return f'(["{text}<br/>PPP or SLIP starts"])'
            case code.Halt():
                return f'(["{text}<br/>waits for the user to press Continue"])'
            case _:
                limit = self._limit(index)
                return f'{{{{"{text}<br/>{_escaped(limit)}"}}}}' if limit else f'["{text}"]'

    def _limit(self, index: int) -> str:
        """Return the limit of a wait in words; empty for an instruction that is not a wait."""
        wait = self._flow.wait(index)
        if wait is None:
            return ""
        if not wait.bounded:
            return "no limit"
        return f"at most {wait.seconds} s" if wait.seconds is not None else "a limit that varies"

    def _text(self, index: int) -> str:
        """Return an instruction with its line."""
        instruction = self._instructions[index]
        line = f"line {instruction.place.line}: "
        if isinstance(instruction, code.End):
            return f"{line}endproc"
        if isinstance(instruction, code.GetIp) and instruction.slot is not None:
            return f"{line}getip"
        if instruction.statement is not None:
            return line + statement_text(instruction.statement)
        declarations = self._flow.program.main.declarations
        declaration = next(each for each in declarations if each.place == instruction.place)
        return line + statement_text(declaration)


def _name(point: Point | None) -> str:
    if point is None:
        return "spin"
    path = {None: "", True: "came", False: "late"}[point.success]
    return f"n{point.index}{path}"


def _escaped(text: str) -> str:
    """Return text as mermaid needs it between double quotes: shortened, without characters that break the line."""
    shown = text if len(text) <= _WIDTH else text[:_WIDTH] + "…"
    return "".join(character if character.isprintable() else "·" for character in shown).translate(_ESCAPES)
