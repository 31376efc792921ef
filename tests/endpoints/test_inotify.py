"""What the kernel tells of a file's openings and closings."""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path

import pytest

from simisp.endpoints import inotify
from simisp.endpoints.inotify import FileEvent, Watch
from support.own_descriptors import descriptors


def test_openings_and_closings_come_in_order(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    watch = Watch(str(file))
    with file.open("w"), file.open():
        pass
    assert watch.events() == [FileEvent.OPENED, FileEvent.OPENED, FileEvent.CLOSED, FileEvent.CLOSED]
    assert watch.events() == []
    watch.close()
    watch.close()


def test_the_files_beside_it_are_none_of_its_business(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    watch = Watch(str(tmp_path / "file"))
    assert watch.events() == []
    (tmp_path / "other").write_text("x")
    assert watch.events() == []
    watch.close()


def test_a_file_that_is_not_there_is_an_error_and_leaves_nothing_open(tmp_path: Path) -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError) as caught:
        Watch(str(tmp_path / "nothing"))
    assert caught.value.filename == str(tmp_path / "nothing")
    assert descriptors() == before


def test_when_the_kernel_has_no_more_watches_to_give_that_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()

    class NoMore:
        @staticmethod
        def inotify_init1(_: int) -> int:
            ctypes.set_errno(errno.EMFILE)
            return -1

    monkeypatch.setattr(inotify, "_libc", NoMore)
    with pytest.raises(OSError, match="Too many open files"):
        Watch(str(tmp_path / "file"))
