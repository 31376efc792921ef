"""Lock files: made, refused, taken over, released."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.errors import EndpointError, LockError
from simisp.locks import LockFile
from simisp.locks.inspection import opened_lock
from simisp.locks.lock_file import replace_own_lock
from support.private_namespace import needs_private_namespace
from support.started_processes import Processes, run_unprivileged

HOLDER = """
import signal, sys
from pathlib import Path
from simisp.locks import LockFile
LockFile(Path(sys.argv[1])).acquire()
print('ready', flush=True)
signal.pause()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "LCK..modem"


def hdb(pid: int) -> bytes:
    return b"%10d\n" % pid


def dead_pid(processes: Processes) -> int:
    child = processes.start(["true"])
    child.wait()
    return child.pid


def test_a_lock_is_ten_characters_of_pid_and_a_newline_for_everybody_to_read(path: Path) -> None:
    umask = os.umask(0o077)
    try:
        assert LockFile(path).acquire() is None
    finally:
        os.umask(umask)
    assert path.read_bytes() == hdb(os.getpid())
    assert path.stat().st_mode & 0o777 == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ["LCK..modem"]


def test_release_removes_the_lock_and_says_so_once(path: Path) -> None:
    lock = LockFile(path)
    lock.acquire()
    assert lock.held
    assert lock.release()
    assert not path.exists()
    assert not lock.held
    assert not lock.release()


def test_a_lock_ends_with_its_context_also_by_an_error(path: Path) -> None:
    with pytest.raises(RuntimeError), LockFile(path) as lock:  # noqa: PT012 - the context is what is tested
        assert lock.held
        raise RuntimeError
    assert not path.exists()


def test_a_lock_of_another_process_is_refused_with_pid_and_command(path: Path, processes: Processes) -> None:
    holder = processes.python(HOLDER, path)
    with pytest.raises(LockError, match=f"pid {holder.pid} lives") as caught:
        LockFile(path).acquire()
    assert caught.value.pid == holder.pid
    assert caught.value.path == str(path)
    assert "python" in caught.value.command
    assert path.read_bytes() == hdb(holder.pid)


def test_a_lock_of_this_very_process_is_refused(path: Path) -> None:
    with LockFile(path), pytest.raises(LockError) as caught:
        LockFile(path).acquire()
    assert caught.value.pid == os.getpid()


def test_a_lock_of_a_killed_process_is_taken_over(path: Path, processes: Processes) -> None:
    holder = processes.python(HOLDER, path)
    processes.end(holder)
    lock = LockFile(path)
    found = lock.acquire()
    assert found is not None
    assert (found.pid, found.stale) == (holder.pid, True)
    assert lock.held
    assert [entry.name for entry in path.parent.iterdir()] == ["LCK..modem"]


def test_junk_is_taken_over(path: Path) -> None:
    path.write_bytes(b"\0\0modem")
    found = LockFile(path).acquire()
    assert found is not None
    assert found.form == "junk"
    assert path.read_bytes() == hdb(os.getpid())


@pytest.mark.parametrize("kind", ["directory", "symlink", "fifo"])
def test_what_is_no_lock_file_is_refused_and_left_alone(path: Path, kind: str) -> None:
    if kind == "directory":
        path.mkdir()
    elif kind == "symlink":
        path.symlink_to("gone")
    else:
        os.mkfifo(path)
    with pytest.raises(LockError, match="no program makes as a lock") as caught:
        LockFile(path).acquire()
    assert caught.value.pid is None
    assert path.is_symlink() or path.exists()


def test_an_empty_lock_that_is_new_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(LockError, match="about to write it"):
        LockFile(path).acquire()


def test_only_ones_own_lock_is_released(path: Path, processes: Processes) -> None:
    lock = LockFile(path)
    lock.acquire()
    path.unlink()
    holder = processes.python(HOLDER, path)
    assert not lock.held
    assert not lock.release()
    assert path.read_bytes() == hdb(holder.pid)


def test_a_lock_that_another_object_of_this_process_took_since_is_not_released(path: Path) -> None:
    first, second = LockFile(path), LockFile(path)
    first.acquire()
    os.link(path, path.with_name("keeps-the-inode"))
    path.unlink()
    second.acquire()
    assert not first.release()
    assert second.held


def test_a_forked_child_does_not_release_the_lock_of_its_parent(path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from simisp.locks import LockFile\n"
        "with LockFile(Path(sys.argv[1])) as lock:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        os._exit(lock.held or lock.release())\n"
        "    _, status = os.waitpid(child, 0)\n"
        "    print(status, lock.held)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout == "0 True\n"


def test_a_release_after_somebody_removed_the_lock_is_no_error(path: Path) -> None:
    lock = LockFile(path)
    lock.acquire()
    path.unlink()
    assert not lock.release()


def test_a_missing_directory_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="create its directory") as caught:
        LockFile(tmp_path / "missing" / "LCK..modem").acquire()
    assert caught.value.errno == errno.ENOENT


def test_a_directory_that_may_not_be_written_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    directory = tmp_path / "locks"
    directory.mkdir(mode=0o555)
    program = (
        "from pathlib import Path\n"
        "from simisp.errors import EndpointError\n"
        "from simisp.locks import LockFile\n"
        "try: LockFile(Path('LCK..modem')).acquire()\n"
        "except EndpointError as error: print(error.errno, error)\n"
    )
    printed = run_unprivileged(program, cwd=directory)
    assert printed.startswith(f"{errno.EACCES} the lock file can't be made, permission denied: LCK..modem (join")


def test_a_stale_lock_of_another_user_in_a_sticky_directory_is_an_error(tmp_path: Path, processes: Processes) -> None:
    if os.geteuid() != 0:
        pytest.skip("two users are needed, and so root")
    directory = tmp_path / "locks"
    directory.mkdir()
    directory.chmod(0o1777)
    (directory / "LCK..modem").write_bytes(hdb(dead_pid(processes)))
    program = (
        "from pathlib import Path\n"
        "from simisp.errors import EndpointError\n"
        "from simisp.locks import LockFile\n"
        "try: LockFile(Path('LCK..modem')).acquire()\n"
        "except EndpointError as error: print(error.errno, error)\n"
    )
    printed = run_unprivileged(program, cwd=directory)
    assert printed.startswith(f"{errno.EPERM} a stale lock file can't be removed, operation not permitted")
    assert "as its owner or as root" in printed


def test_a_full_disk_is_an_error_and_leaves_no_lock_behind(tmp_path: Path) -> None:
    needs_private_namespace()
    mounted = tmp_path / "full"
    mounted.mkdir()
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from simisp.errors import EndpointError\n"
        "from simisp.locks import LockFile\n"
        "directory = Path(sys.argv[1])\n"
        "(directory / 'filler').write_bytes(bytes(4096))\n"
        "lock = LockFile(directory / 'LCK..modem')\n"
        "for make in (lock.acquire, lock._create_exclusively):\n"
        "    try: make()\n"
        "    except (EndpointError, OSError) as error: print(error.errno)\n"
        "print(sorted(os.listdir(directory)))\n"
    )
    script = 'mount -t tmpfs -o size=4k full "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", str(mounted), sys.executable, program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{errno.ENOSPC}\n{errno.ENOSPC}\n['filler']\n"


@pytest.mark.parametrize("refusal", [errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL])
def test_where_files_without_a_name_are_unknown_the_lock_is_made_all_the_same(
    path: Path, refusal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_lock: LockFile) -> os.stat_result:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(LockFile, "_link_nameless", refuse)
    with LockFile(path) as lock:
        assert lock.held
        assert path.read_bytes() == hdb(os.getpid())
        with pytest.raises(LockError):
            LockFile(path).acquire()
    assert not path.exists()


def test_a_fresh_lock_that_took_the_stale_ones_place_is_put_back(path: Path, processes: Processes) -> None:
    path.write_bytes(hdb(dead_pid(processes)))
    with opened_lock(path) as judged:
        # Another program removes the stale file just now, and makes its own.
        path.unlink()
        path.write_bytes(hdb(os.getppid()))
        assert not LockFile(path)._move_aside(judged)
    assert path.read_bytes() == hdb(os.getppid())
    assert [entry.name for entry in path.parent.iterdir()] == ["LCK..modem"]


def test_a_stale_lock_that_another_of_us_is_taking_over_is_left_to_it(path: Path, processes: Processes) -> None:
    path.write_bytes(hdb(dead_pid(processes)))
    with opened_lock(path) as taking:
        fcntl.flock(taking, fcntl.LOCK_EX)
        with pytest.raises(LockError, match="keep taking and releasing"):
            LockFile(path).acquire()
    assert LockFile(path).acquire() is not None


RACER = """
import os, random, sys
from pathlib import Path
from simisp.errors import LockError
from simisp.locks import LockFile

path, dead, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
inside = path.with_name("inside")
taken = 0
while taken < rounds:
    lock = LockFile(path)
    try:
        lock.acquire()
    except LockError:
        continue
    taken += 1
    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails when two are inside
    for _ in range(12):
        os.sched_yield()
    inside.unlink()
    if random.random() < 0.1:
        lock.release()
    else:
        with path.open("r+b") as file:  # as if we had died
            file.write(b"%10d\\n" % dead)
"""


def test_of_many_who_take_release_and_take_over_one_at_a_time_has_the_lock(path: Path, processes: Processes) -> None:
    dead = dead_pid(processes)
    racers = [processes.start([sys.executable, "-c", RACER, path, str(dead), "25"]) for _ in range(4)]
    assert [racer.wait() for racer in racers] == [0, 0, 0, 0]
    assert {entry.name for entry in path.parent.iterdir()} <= {"LCK..modem"}


RESTLESS = """
import sys
from pathlib import Path
from simisp.locks import LockFile

path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    LockFile(path).acquire()
    with path.open("r+b") as file:
        file.write(b"%10d\\n" % (1 << 22))  # as if we had died, so that the next turn takes it over
    lock = LockFile(path)
    lock.acquire()
    lock.release()
"""


def test_a_process_killed_at_any_moment_leaves_no_lock_that_blocks(path: Path, processes: Processes) -> None:
    for _ in range(10):
        processes.end(processes.python(RESTLESS, path))
        with LockFile(path) as lock:
            assert lock.held
    assert all(entry.name.startswith("LTMP.") for entry in path.parent.iterdir())


def test_a_lock_that_is_handed_over_names_the_other_process_and_may_be_read_by_all(path: Path) -> None:
    LockFile(path).acquire()
    replace_own_lock(path, 1)
    assert path.read_bytes() == hdb(1)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ["LCK..modem"]


def test_handing_over_writes_through_no_link_that_somebody_has_put_there(path: Path, tmp_path: Path) -> None:
    LockFile(path).acquire()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    for number in (1, 2):
        (tmp_path / f"LTMP.{os.getpid()}.{number}").symlink_to(precious)
    replace_own_lock(path, 1)
    assert precious.read_text() == "precious"
    assert not path.is_symlink()
