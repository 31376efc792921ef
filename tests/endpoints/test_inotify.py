"""What the kernel tells of a file's openings and closings."""

from __future__ import annotations

import ctypes
import errno
import os
import threading
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


def test_what_another_thread_has_read_but_not_kept_yet_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    watch, other = Watch(str(file)), Watch(str(tmp_path))
    every = inotify._Watches.of_this_process()
    taken, go_on = threading.Event(), threading.Event()
    read, poll = os.read, every.is_ready

    def slow_read(descriptor: int, most: int) -> bytes:
        data = read(descriptor, most)
        taken.set()
        assert go_on.wait(60.0)
        return data

    def poll_and_let_go_on(timeout: float, most: int) -> list[tuple[int, int]]:
        ready = poll(timeout, most)
        go_on.set()
        return ready

    monkeypatch.setattr(os, "read", slow_read)
    monkeypatch.setattr(every, "is_ready", poll_and_let_go_on)
    file.open().close()
    thread = threading.Thread(target=other.events)
    thread.start()
    assert taken.wait(60.0)
    assert watch.has_news()
    thread.join()
    assert watch.events() == [FileEvent.OPENED, FileEvent.CLOSED]
    watch.close()
    other.close()
