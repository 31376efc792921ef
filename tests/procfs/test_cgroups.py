"""Eventfds that the kernel signals for control groups of version 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.procfs.cgroups import EventfdRegistrations, memory_groups
from support.own_descriptors import descriptors


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A machine with one memory control group, in ordinary files."""
    memory, cpu = tmp_path / "memory", tmp_path / "cpu"
    for folder in (memory, memory / "inner", cpu, tmp_path / "proc" / "self"):
        folder.mkdir(parents=True)
        (folder / "cgroup.event_control").touch()
    (tmp_path / "proc" / "self" / "mountinfo").write_text(
        f"33 24 0:30 / {cpu} rw,relatime shared:9 - cgroup cgroup rw,cpu\n"
        f"34 24 0:31 / {memory} rw,relatime - cgroup cgroup rw,memory\n"
        "35 24 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    )
    return tmp_path / "proc"


def test_the_groups_of_version_1_are_found(proc: Path) -> None:
    assert sorted(memory_groups(proc)) == [str(proc.parent / "memory"), str(proc.parent / "memory" / "inner")]


def test_a_machine_without_version_1_has_none(tmp_path: Path) -> None:
    assert not list(memory_groups(tmp_path))
    assert not EventfdRegistrations(tmp_path).may_exist


@pytest.mark.parametrize("group", [".", "inner"])
def test_a_write_to_a_registry_is_noticed(proc: Path, group: str) -> None:
    registrations = EventfdRegistrations(proc)
    assert not registrations.may_exist
    (proc.parent / "memory" / group / "cgroup.event_control").write_text("3 4")
    assert registrations.may_exist
    assert registrations.may_exist


def test_a_new_group_may_have_had_a_registration(proc: Path) -> None:
    registrations = EventfdRegistrations(proc)
    (proc.parent / "memory" / "new").mkdir()
    assert registrations.may_exist


def test_what_else_is_written_there_does_not_count(proc: Path) -> None:
    registrations = EventfdRegistrations(proc)
    (proc.parent / "memory" / "memory.limit_in_bytes").touch()
    (proc.parent / "cpu" / "cgroup.event_control").write_text("3 4")
    (proc.parent / "memory" / "cgroup.procs").touch()
    registrations = EventfdRegistrations(proc)
    (proc.parent / "memory" / "cgroup.procs").write_text("1")
    assert not registrations.may_exist


def test_one_that_is_closed_leaves_no_descriptor_and_knows_nothing_any_more(proc: Path) -> None:
    before = descriptors()
    registrations = EventfdRegistrations(proc)
    registrations.close()
    registrations.close()
    assert descriptors() == before
    assert registrations.may_exist
