"""Findings of one cause together: those of one kind at one place where the client stood."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.sweep.findings import SweepFinding
from simisp.sweep.result import CaseResult, Group

__all__ = ["groups_of"]


def groups_of(results: Iterable[CaseResult]) -> tuple[Group, ...]:
    """Return the groups of all findings, in the order of their first cases."""
    first: dict[tuple[str, str], SweepFinding] = {}
    cases: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for finding in result.findings:
            first.setdefault(finding.key, finding)
            cases.setdefault(finding.key, []).append(result.case.name)
    return tuple(
        Group(finding.kind, finding.stand, finding.detail, tuple(cases[key])) for key, finding in first.items()
    )
