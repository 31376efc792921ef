"""The far ends of descriptors, and what it costs to find them."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from simisp.forensics.far_ends import FarEnds
from simisp.procfs import open_files
from simisp.procfs.fdinfo import descriptor_information


def test_each_descriptor_is_read_once_to_learn_of_signals_and_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    read = descriptor_information
    reads: Counter[int] = Counter()

    def counted(pid: int, descriptor: int, *, thread: int = 0) -> str:
        reads[descriptor] += 1
        return read(pid, descriptor, thread=thread)

    monkeypatch.setattr(open_files, "descriptor_information", counted)
    assert FarEnds({os.getpid()}).signals_of(os.getpid()) == ""
    assert set(reads.values()) == {1}
