"""Whether an eventfd may be signalled by the news of a control group, told from what the kernel shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simisp.procfs.cgroups import may_signal_eventfds

HEAD = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\n"


def shown(folder: Path, hierarchy: int, *mounts: str) -> Path:
    (folder / "cgroups").write_text(f"{HEAD}memory\t{hierarchy}\t25\t1\n")
    (folder / "self").mkdir()
    (folder / "self" / "mountinfo").write_text("".join(f"{each}\n" for each in mounts))
    return folder


def mounted(place: Path) -> str:
    return f"33 24 0:30 / {place} rw,relatime shared:9 - cgroup cgroup rw,memory"


def test_version_2_has_no_such_registration(tmp_path: Path) -> None:
    assert not may_signal_eventfds(shown(tmp_path, 0))


def test_a_kernel_without_control_groups_signals_nothing(tmp_path: Path) -> None:
    assert not may_signal_eventfds(tmp_path)


def test_root_may_register_with_version_1_wherever_it_is_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert may_signal_eventfds(shown(tmp_path, 4))


@pytest.mark.parametrize("writable", [True, False])
def test_another_user_may_where_the_file_can_be_written(
    writable: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "memory"
    asked: list[object] = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    def access(path: object, _mode: int) -> bool:
        asked.append(path)
        return writable

    monkeypatch.setattr(os, "access", access)
    assert (
        may_signal_eventfds(shown(tmp_path, 4, mounted(tmp_path / "cpu").replace("memory", "cpu"), mounted(place)))
        is writable
    )
    assert asked == [f"{place}/cgroup.event_control"]
