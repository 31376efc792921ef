"""A port's stable name: it replaces nothing that is not ours, and never outlives its maker."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from simisp.endpoints import link_locks
from simisp.endpoints.link import Link, private_folder, sweep
from simisp.errors import EndpointError
from support.own_descriptors import descriptors

TARGET = "/dev/null"


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime directory of the test's own."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def killed_maker_of(path: Path | None) -> str:
    """Return the path of a link whose maker was killed with SIGKILL."""
    program = (
        "import sys, time\n"
        "from simisp.endpoints.link import Link\n"
        "print(Link('/dev/null', sys.argv[1] if len(sys.argv) > 1 else None).path, flush=True)\n"
        "time.sleep(60)\n"
    )
    arguments = [sys.executable, "-c", program, *([str(path)] if path else [])]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout is not None
        made = maker.stdout.readline().rstrip("\n").replace("\\n", "\n")
        maker.send_signal(signal.SIGKILL)
        maker.wait()
    return made


def fail_once(monkeypatch: pytest.MonkeyPatch, module: object, name: str, error: OSError) -> None:
    """Let a module's function fail at its first call, and do what it does from the second on."""
    real, errors = getattr(module, name), [error]

    def call(*arguments: object) -> object:
        if errors:
            raise errors.pop()
        return real(*arguments)

    monkeypatch.setattr(module, name, call)


def test_the_first_free_name_in_the_private_folder_is_taken(runtime: Path) -> None:
    first, second = Link(TARGET), Link(TARGET)
    assert [first.path, second.path] == [str(runtime / "simisp" / f"modem{number}") for number in (0, 1)]
    assert str(Path(first.path).readlink()) == TARGET
    first.remove()
    assert Link(TARGET).path == first.path


def test_a_link_lies_where_it_is_wanted_and_is_gone_with_its_note(tmp_path: Path, runtime: Path) -> None:
    link = Link(TARGET, tmp_path / "modem")
    assert str(Path(tmp_path / "modem").readlink()) == TARGET
    assert len(list((runtime / "simisp").glob("*.link"))) == 1
    link.remove()
    link.remove()
    assert not (tmp_path / "modem").is_symlink()
    assert list((runtime / "simisp").iterdir()) == []


def test_a_relative_path_stays_itself_when_the_folder_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    link = Link(TARGET, "modem")
    monkeypatch.chdir("/")
    link.remove()
    assert not (tmp_path / "modem").is_symlink()


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling"])
def test_what_lies_there_already_is_refused_and_left_alone(tmp_path: Path, runtime: Path, kind: str) -> None:
    path = tmp_path / "modem"
    makers: dict[str, Callable[[], object]] = {
        "file": lambda: path.write_text("precious"),
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(TARGET),
        "dangling": lambda: path.symlink_to("/nowhere"),
    }
    makers[kind]()
    before = os.lstat(path)
    with pytest.raises(EndpointError, match="there is another file") as caught:
        Link(TARGET, path)
    assert caught.value.errno == errno.EEXIST
    assert caught.value.path == str(path)
    assert os.lstat(path) == before
    assert list((runtime / "simisp").iterdir()) == []


def test_a_link_of_a_living_maker_is_refused(tmp_path: Path) -> None:
    held = Link(TARGET, tmp_path / "modem")
    with pytest.raises(EndpointError, match="there is another file"):
        Link("/dev/zero", tmp_path / "modem")
    assert str(Path(held.path).readlink()) == TARGET
    Path(held.path).unlink()
    with pytest.raises(EndpointError):
        Link("/dev/zero", tmp_path / "modem")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, runtime: Path) -> None:
    with pytest.raises(EndpointError, match="No such file or directory") as caught:
        Link(TARGET, tmp_path / "nowhere" / "modem")
    assert caught.value.remedy == "choose another path"
    assert list((runtime / "simisp").iterdir()) == []


def test_a_link_that_somebody_replaced_is_theirs(tmp_path: Path) -> None:
    link = Link(TARGET, tmp_path / "modem")
    Path(link.path).unlink()
    Path(link.path).symlink_to("/dev/zero")
    link.remove()
    assert str(Path(tmp_path / "modem").readlink()) == "/dev/zero"


def test_a_link_that_somebody_removed_is_no_error(tmp_path: Path) -> None:
    link = Link(TARGET, tmp_path / "modem")
    Path(link.path).unlink()
    link.remove()


@pytest.mark.parametrize("wanted", [None, "modem", "a b\nc"])
def test_what_a_killed_maker_left_is_swept_by_the_next_start(tmp_path: Path, runtime: Path, wanted: str | None) -> None:
    path = tmp_path / wanted if wanted else None
    left = killed_maker_of(path) if wanted != "a b\nc" else str(path)
    if wanted == "a b\nc":
        killed_maker_of(path)
    assert Path(left).is_symlink()
    fresh = Link("/dev/zero", path)
    assert fresh.path == left
    assert str(Path(left).readlink()) == "/dev/zero"
    fresh.remove()
    assert list((runtime / "simisp").iterdir()) == []


def test_what_was_replaced_since_is_not_swept(tmp_path: Path) -> None:
    left = killed_maker_of(tmp_path / "modem")
    Path(left).unlink()
    Path(left).symlink_to("/dev/zero")
    assert sweep(private_folder()) == []
    assert str(Path(left).readlink()) == "/dev/zero"


def test_links_of_living_makers_are_not_swept(tmp_path: Path) -> None:
    link = Link(TARGET, tmp_path / "modem")
    assert sweep(private_folder()) == []
    assert Path(link.path).is_symlink()
    link.remove()
    assert sweep(private_folder()) == []


def test_notes_that_are_not_notes_do_no_harm() -> None:
    folder = private_folder()
    (folder / "empty.link").write_text("")
    (folder / "strange.link").write_bytes(b"\xff\xfe\n\n")
    (folder / "linked.link").symlink_to("/etc/hostname")
    assert sweep(folder) == []
    assert sorted(path.name for path in folder.iterdir()) == ["linked.link"]


def test_a_file_of_locks_that_was_removed_between_its_opening_and_its_lock_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Path
) -> None:
    real = link_locks._lock
    removed: list[str] = []

    def remove_first(descriptor: int, kind: int, place: tuple[int, int]) -> bool:
        if not removed and kind == fcntl.F_WRLCK:
            removed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
            Path(removed[0]).unlink()
        return real(descriptor, kind, place)

    private_folder()
    monkeypatch.setattr(link_locks, "_lock", remove_first)
    link = Link(TARGET, tmp_path / "modem")
    assert Path(removed[0]).exists()
    (note,) = (runtime / "simisp").glob("*.link")
    assert note.read_text() == f"{tmp_path / 'modem'}\n{TARGET}\n"
    link.remove()


def test_a_note_that_somebody_looks_at_just_now_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweeper_looks = BlockingIOError(errno.EWOULDBLOCK, "Resource temporarily unavailable")
    private_folder()
    fail_once(monkeypatch, fcntl, "fcntl", sweeper_looks)
    link = Link(TARGET, tmp_path / "modem")
    assert Path(link.path).is_symlink()
    link.remove()


def test_there_is_a_name_for_more_than_a_thousand_lines_and_they_share_one_descriptor(runtime: Path) -> None:
    held = [Link(TARGET)]
    before = descriptors()
    held += [Link(TARGET) for _ in range(1100)]
    assert descriptors() == before
    assert held[-1].path == str(runtime / "simisp" / "modem1100")
    for link in held:
        link.remove()
    assert list((runtime / "simisp").iterdir()) == []


def test_a_process_sweeps_a_folder_once(runtime: Path, tmp_path: Path) -> None:
    held = Link(TARGET)
    left = killed_maker_of(tmp_path / "modem")
    Link(TARGET).remove()
    assert Path(left).is_symlink()
    assert sweep(private_folder()) == [left]
    assert Path(held.path).is_symlink()
    held.remove()
    assert list((runtime / "simisp").iterdir()) == []


def test_a_link_where_a_killed_maker_left_one_is_made_though_the_folder_was_swept_before(tmp_path: Path) -> None:
    held = Link(TARGET)
    left = killed_maker_of(tmp_path / "modem")
    link = Link("/dev/zero", left)
    assert str(Path(left).readlink()) == "/dev/zero"
    link.remove()
    held.remove()


def test_a_name_that_is_taken_just_now_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody_is_quicker = FileExistsError(errno.EEXIST, "File exists")
    fail_once(monkeypatch, os, "symlink", somebody_is_quicker)
    assert Link(TARGET).path.endswith("modem1")


def test_when_every_free_name_is_taken_meanwhile_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise FileExistsError(errno.EEXIST, "File exists")

    monkeypatch.setattr(os, "symlink", taken)
    with pytest.raises(EndpointError, match="free names were taken meanwhile"):
        Link(TARGET)


def test_a_folder_that_takes_no_links_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", refuse)
    with pytest.raises(EndpointError, match="Operation not permitted"):
        Link(TARGET)


# The private folder --------------------------------------------------------------------------------------------------


def test_the_private_folder_is_the_user_s_alone(runtime: Path) -> None:
    folder = private_folder()
    assert folder == runtime / "simisp"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert private_folder() == folder


@pytest.mark.parametrize("value", [None, "", "/nowhere"])
def test_without_a_runtime_directory_the_temporary_one_is_taken(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if value is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR")
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert private_folder() == tmp_path / f"simisp-{os.getuid()}"


@pytest.mark.parametrize("mode", [0o701, 0o750, 0o777])
def test_a_folder_that_others_may_enter_is_refused(runtime: Path, mode: int) -> None:
    (runtime / "simisp").mkdir()
    (runtime / "simisp").chmod(mode)
    with pytest.raises(EndpointError, match="not private") as caught:
        Link(TARGET)
    assert "chmod 700" in caught.value.remedy


def test_a_link_in_the_folder_s_place_is_refused(runtime: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (runtime / "simisp").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EndpointError, match="not private"):
        private_folder()


def test_a_file_in_the_folder_s_place_is_told(runtime: Path) -> None:
    (runtime / "simisp").write_text("")
    with pytest.raises(EndpointError, match="no private folder") as caught:
        private_folder()
    assert caught.value.remedy == "set XDG_RUNTIME_DIR"


def test_a_folder_of_somebody_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    private_folder()
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    with pytest.raises(EndpointError, match="not private"):
        private_folder()


def test_a_link_to_the_port_of_another_run_is_named_as_such(tmp_path: Path) -> None:
    Link("/dev/pts/4321", tmp_path / "modem")
    with pytest.raises(EndpointError, match="a link, of another run or program, to '/dev/pts/4321'"):
        Link(TARGET, tmp_path / "modem")
