"""Loops that nothing bounds: circles among the states of a script."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from simisp.scp import code
from simisp.scp.analysis.paths import Paths, State

__all__ = ["Loop", "endless_loops", "finished", "strongly_connected"]

_Node = TypeVar("_Node")
_Graph: TypeAlias = Mapping[State, tuple[State, ...]]

_MAX_LOOPS = 8


@dataclass(frozen=True, slots=True)
class Loop:
    """A circle.

    Attributes:
        returns: The instructions that lead back to where it begins, in the order of the text.
        silent: Whether it goes round even when the remote sends nothing; otherwise the remote keeps it going.
    """

    returns: tuple[code.Instruction, ...]
    silent: bool


def endless_loops(paths: Paths) -> Iterator[Loop]:
    """Yield the loops that can go round for ever, outer before inner.

    A loop that counts to a limit is no circle: each of its rounds has states of its own.
    """
    pending = [paths.successors]
    found = 0
    while pending and found < _MAX_LOOPS:
        graph = pending.pop()
        for circle in _circles(graph):
            within = _part(graph, circle)
            head = min(state.at for state in circle)
            returns = sorted({state.at for state in circle if any(after.at == head for after in within[state])})
            yield Loop(tuple(paths.instruction(at) for at in returns), _is_silent(paths, within))
            found += 1
            pending.append(_part(within, [state for state in circle if state.at != head]))


def finished(graph: Mapping[_Node, Collection[_Node]], roots: Iterable[_Node]) -> list[_Node]:
    """Return what can be reached from ``roots`` in the order in which a depth-first search is done with it.

    Without circles, each node comes after all that it leads to.

    Args:
        graph: Nodes with their successors; a successor that is no key is left out.
        roots: Where to begin, in this order.
    """
    done: dict[_Node, None] = {}
    seen: set[_Node] = set()
    for root in roots:
        work = [] if root in seen else [(root, iter(graph[root]))]
        seen.add(root)
        while work:
            node, successors = work[-1]
            following = next((each for each in successors if each in graph and each not in seen), None)
            if following is None:
                done[node] = None
                work.pop()
            else:
                seen.add(following)
                work.append((following, iter(graph[following])))
    return list(done)


def strongly_connected(graph: Mapping[_Node, Collection[_Node]]) -> Iterator[list[_Node]]:
    """Yield the strongly connected components of a graph.

    See Also:
        M. Sharir, "A strong-connectivity algorithm and its applications in data flow analysis", Computers and
        Mathematics with Applications 7 (1981), which credits it to S. R. Kosaraju.
    """
    backwards: dict[_Node, list[_Node]] = {node: [] for node in graph}
    for node, successors in graph.items():
        for successor in successors:
            if successor in backwards:
                backwards[successor].append(node)
    for root in reversed(finished(graph, graph)):
        if root in backwards:
            component = finished(backwards, [root])
            yield component
            for node in component:
                del backwards[node]


def _circles(graph: _Graph) -> Iterator[list[State]]:
    """Yield the components that can be gone round."""
    for component in strongly_connected(graph):
        if len(component) > 1 or component[0] in graph[component[0]]:
            yield component


def _part(graph: _Graph, states: Collection[State]) -> _Graph:
    """Return the graph of some states alone."""
    kept = set(states)
    return {state: tuple(after for after in graph[state] if after in kept) for state in states}


def _is_silent(paths: Paths, circle: _Graph) -> bool:
    """Whether a circle closes without anything from the remote."""
    silent = {
        state: tuple(after for after in following if not _needs_input(paths, state, after))
        for state, following in circle.items()
    }
    return any(True for _ in _circles(silent))


def _needs_input(paths: Paths, state: State, after: State) -> bool:
    match paths.instruction(state.at):
        case code.Waitfor():
            return after.success is True
        case code.GetIp():
            return True
        case _:
            return False
