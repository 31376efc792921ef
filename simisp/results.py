"""The results of a run, as values that a program can read.

:func:`simisp.testing.play` returns a :class:`Verdict`, :func:`simisp.testing.sweep` a :class:`SweepResult`. A line of
:mod:`simisp.testing` has a transcript, which is a tuple of :class:`Record`, and gives a :class:`PortReport`.
:func:`read` turns a transcript's file back into equal records. Every class here is immutable. All times are seconds
since the run began, as a float, unless an attribute says otherwise.

The facts that records carry are classes too, in the modules of ``simisp.facts``; ``docs/transcript.md`` lists them.
"""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.forensics.report import Holder, PortReport, Thread
from simisp.forensics.waits import Wait
from simisp.locks.holders import FlockFound
from simisp.locks.inspection import LockFound
from simisp.procfs.descriptors import Descriptor
from simisp.runner.clocks import ClockChoice
from simisp.runner.departure import Departure
from simisp.runner.hang import Hang, WhoWaits
from simisp.runner.verdict import ClientReport, ExpectationResult, Verdict, VerdictKind
from simisp.shared_time.real_pace import RealPace
from simisp.sweep.case import Case
from simisp.sweep.findings import FindingClass, SweepFinding
from simisp.sweep.outcome import CaseOutcome, SecretSent, Stand
from simisp.sweep.result import CaseResult, DialoguePiece, Group, Shrunk, StatementUse, SweepResult
from simisp.transcript import Header, Record, Source, TranscriptFile, read
from simisp.virtual_loop.virtual_wait import VirtualWait

__all__ = [
    "Case",
    "CaseOutcome",
    "CaseResult",
    "Circuit",
    "ClientReport",
    "ClockChoice",
    "Departure",
    "Descriptor",
    "DialoguePiece",
    "ExpectationResult",
    "Fact",
    "FindingClass",
    "FlockFound",
    "Group",
    "Hang",
    "Header",
    "Holder",
    "LockFound",
    "PortReport",
    "RealPace",
    "Record",
    "SecretSent",
    "Shrunk",
    "Source",
    "Stand",
    "StatementUse",
    "SweepFinding",
    "SweepResult",
    "Thread",
    "TranscriptFile",
    "Verdict",
    "VerdictKind",
    "VirtualWait",
    "Wait",
    "WhoWaits",
    "read",
]
