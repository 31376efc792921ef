"""Finds unbounded loops: cycles among the states of a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from simisp.scp import code
from simisp.scp.analysis.paths import Paths

__all__ = ["Graph", "Loop", "endless_loops", "finished", "strongly_connected"]

Graph: TypeAlias = Mapping[int, Sequence[int]]
"""Nodes with their successors. A successor that is not a node is ignored."""

_MAX_LOOPS = 5


@dataclass(frozen=True, slots=True)
class Loop:
    """A cycle.

    Attributes:
        returns: The instructions that jump back to its beginning, in the order of the text.
        silent: Whether it continues even if the remote sends nothing; otherwise the remote keeps it going.
    """

    returns: tuple[code.Instruction, ...]
    silent: bool


def endless_loops(paths: Paths) -> Iterator[Loop]:
    """Yield the loops that can repeat forever, outer before inner, up to a few.

    A loop that counts to a limit is not a cycle: each of its rounds has different states.
    """
    pending: list[Graph] = [dict(enumerate(paths.following))]
    found = 0
    while pending:
        for circle in _circles(pending.pop()):
            at = {node: paths.states[node].at for node in circle}
            head = min(at.values())
            returns = sorted({at[node] for node, ways in circle.items() if any(at.get(way) == head for way in ways)})
            yield Loop(tuple(map(paths.instruction, returns)), _is_silent(paths, circle))
            found += 1
            if found == _MAX_LOOPS:
                return
            pending.append({node: ways for node, ways in circle.items() if at[node] != head})


def finished(graph: Graph, roots: Iterable[int]) -> list[int]:
    """Return the nodes reachable from ``roots`` in the order in which a depth-first search finishes with them.

    Without cycles, each node comes after all nodes that it leads to.

    Args:
        graph: The graph to search.
        roots: The nodes to begin with, in this order.

    Example:
        >>> finished({0: [1, 2], 1: [2], 2: [9]}, [0])
        [2, 1, 0]
    """
    done: list[int] = []
    seen: set[int] = set()
    for root in roots:
        work = [] if root in seen else [(root, iter(graph[root]))]
        seen.add(root)
        while work:
            node, ways = work[-1]
            for way in ways:
                if way in graph and way not in seen:
                    seen.add(way)
                    work.append((way, iter(graph[way])))
                    break
            else:
                done.append(node)
                work.pop()
    return done


def strongly_connected(graph: Graph) -> Iterator[list[int]]:
    """Yield the strongly connected components of a graph.

    Example:
        >>> sorted(map(sorted, strongly_connected({0: [1], 1: [2], 2: [1]})))
        [[0], [1, 2]]

    See Also:
        M. Sharir, "A strong-connectivity algorithm and its applications in data flow analysis", Computers and
        Mathematics with Applications 7 (1981), which credits it to S. R. Kosaraju.
    """
    backwards: dict[int, list[int]] = {node: [] for node in graph}
    for node, ways in graph.items():
        for way in ways:
            if way in backwards:
                backwards[way].append(node)
    for root in reversed(finished(graph, graph)):
        if root in backwards:
            component = finished(backwards, [root])
            yield component
            for node in component:
                del backwards[node]


def _circles(graph: Graph) -> Iterator[Graph]:
    """Yield the components that contain a cycle, as graphs."""
    for component in strongly_connected(graph):
        if len(component) > 1 or component[0] in graph[component[0]]:
            members = set(component)
            yield {node: [way for way in graph[node] if way in members] for node in component}


def _is_silent(paths: Paths, circle: Graph) -> bool:
    """Return whether a cycle closes without input from the remote."""
    silent = {node: [way for way in ways if not _needs_input(paths, node, way)] for node, ways in circle.items()}
    return any(True for _ in _circles(silent))


def _needs_input(paths: Paths, node: int, way: int) -> bool:
    """Return whether a step is taken only after input from the remote."""
    match paths.instruction(paths.states[node].at):
        case code.Waitfor():
            return paths.states[way].success is True
        case code.GetIp():
            return True
        case _:
            return False
