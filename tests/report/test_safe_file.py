"""Files that are written where others may write too."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simisp.errors import FileError
from simisp.report.safe_file import open_safely
from support.started_processes import run_unprivileged

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone can make files of others")
OTHER = 65534


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Return a folder such as /tmp."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def write(path: Path | str, text: bytes, **how: bool) -> None:
    descriptor = open_safely(path, "it can't be written", **how)
    os.write(descriptor, text)
    os.close(descriptor)


def test_a_new_file_is_private_whatever_the_umask(shared: Path) -> None:
    before = os.umask(0)
    try:
        write(shared / "t", b"new")
    finally:
        os.umask(before)
    assert (shared / "t").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_overwritten_loses_the_rights_of_others(shared: Path) -> None:
    (shared / "t").write_bytes(b"something longer")
    (shared / "t").chmod(0o666)
    write(shared / "t", b"new")
    assert (shared / "t").read_bytes() == b"new"
    assert (shared / "t").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_appended_to_keeps_its_text_and_its_mode(shared: Path) -> None:
    (shared / "log").write_bytes(b"old ")
    (shared / "log").chmod(0o640)
    write(shared / "log", b"new", append=True)
    assert (shared / "log").read_bytes() == b"old new"
    assert (shared / "log").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("append", [False, True])
def test_a_link_in_a_shared_folder_is_not_followed(shared: Path, tmp_path: Path, append: bool) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (shared / "t").symlink_to(tmp_path / "precious")
    with pytest.raises(FileError, match="a link in a folder that others may write to"):
        write(shared / "t", b"new", append=append)
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_a_link_that_leads_to_nothing_in_a_shared_folder_makes_no_file(shared: Path, tmp_path: Path) -> None:
    (shared / "t").symlink_to(tmp_path / "nothing")
    with pytest.raises(FileError, match="a link in a folder"):
        write(shared / "t", b"new")
    assert not (tmp_path / "nothing").exists()


def test_a_second_name_of_a_file_in_a_shared_folder_is_refused(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (shared / "t").hardlink_to(tmp_path / "precious")
    with pytest.raises(FileError, match="second name"):
        write(shared / "t", b"new")
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_a_link_in_a_folder_of_our_own_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("there")
    write(tmp_path / "link", b"new")
    assert (tmp_path / "there").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(FileError):
        write(tmp_path / "link", b"new")


@needs_root
def test_what_belongs_to_another_user_is_not_overwritten(shared: Path) -> None:
    (shared / "t").write_bytes(b"theirs")
    os.chown(shared / "t", OTHER, OTHER)
    with pytest.raises(FileError, match="belongs to another user"):
        write(shared / "t", b"new")
    assert (shared / "t").read_bytes() == b"theirs"


def test_what_the_kernel_does_not_permit_is_not_laid_to_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str, *_: int) -> int:  # as in a folder with `chattr +i`, which not every file system has
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), path)

    monkeypatch.setattr("simisp.report.safe_file.os.open", refused)
    with pytest.raises(FileError, match="Operation not permitted") as caught:
        open_safely(tmp_path / "t", "it can't be written")
    assert "another user" not in str(caught.value)
    assert "of your own" not in str(caught.value)


@needs_root
def test_a_fifo_that_somebody_else_put_into_a_shared_folder_is_refused(shared: Path) -> None:
    os.mkfifo(shared / "t")
    os.chown(shared / "t", OTHER, OTHER)
    with pytest.raises(FileError, match="belongs to another user"):
        write(shared / "t", b"new")


def test_a_fifo_of_ours_gets_what_is_written(shared: Path) -> None:
    os.mkfifo(shared / "t")
    reading = os.open(shared / "t", os.O_RDONLY | os.O_NONBLOCK)
    write(shared / "t", b"new")
    assert os.read(reading, 100) == b"new"
    os.close(reading)


def test_a_device_is_taken_as_it_is() -> None:
    mode = Path("/dev/null").stat().st_mode
    write("/dev/null", b"new")
    assert Path("/dev/null").stat().st_mode == mode


def test_dev_fd_is_the_open_descriptor_and_truncates_nothing(tmp_path: Path) -> None:
    own = os.open(tmp_path / "out", os.O_RDWR | os.O_CREAT)
    os.write(own, b"before ")
    write(f"/dev/fd/{own}", b"after")
    os.close(own)
    assert (tmp_path / "out").read_bytes() == b"before after"


def test_a_user_without_rights_writes_to_dev_stdout() -> None:
    program = "from simisp.report.safe_file import open_safely\nos.write(open_safely('/dev/stdout', 'no'), b'out')\n"
    assert run_unprivileged(program) == "out"
