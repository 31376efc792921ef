"""Names of lock files, and where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.errors import EndpointError
from simisp.locks import lock_directories, lock_names
from simisp.locks.names import DIRECTORIES_VARIABLE


def test_a_serial_port_has_one_lock_name() -> None:
    assert lock_names("/dev/ttyS0") == ("LCK..ttyS0",)


def test_a_pty_has_the_name_of_pppd_and_that_of_kermit() -> None:
    assert lock_names("/dev/pts/31") == ("LCK..31", "LCK..pts_31")


def test_a_port_deep_below_dev_has_its_path_in_the_name() -> None:
    assert lock_names("/dev/serial/by-id/usb-x") == ("LCK..serial_by-id_usb-x", "LCK..usb-x")


def test_a_symlink_has_its_own_name_and_those_of_what_it_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "modem0"
    link.symlink_to("/dev/pts/31")
    assert lock_names(str(link)) == ("LCK..31", "LCK..modem0", "LCK..pts_31")


def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modem0").symlink_to("/dev/pts/31")
    monkeypatch.chdir(tmp_path)
    assert lock_names("modem0") == lock_names(str(tmp_path / "modem0"))


def test_a_symlink_that_leads_to_itself_has_names_all_the_same(tmp_path: Path) -> None:
    link = tmp_path / "modem0"
    link.symlink_to(link)
    assert lock_names(str(link)) == ("LCK..modem0",)


def test_configured_directories_come_before_the_environment_and_the_system(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    environment = {DIRECTORIES_VARIABLE: f"{two}:"}
    assert lock_directories([one, two], environment=environment) == (one, two)
    assert lock_directories(environment=environment) == (two,)


def test_one_directory_under_two_paths_counts_once(tmp_path: Path) -> None:
    real, alias = tmp_path / "real", tmp_path / "alias"
    real.mkdir()
    alias.symlink_to(real)
    assert lock_directories([alias, real]) == (alias,)


def test_a_named_directory_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="does not exist") as caught:
        lock_directories([tmp_path, tmp_path / "missing"])
    assert caught.value.path == str(tmp_path / "missing")


def test_a_directory_named_in_the_environment_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="does not exist"):
        lock_directories(environment={DIRECTORIES_VARIABLE: str(tmp_path / "missing")})


def test_the_systems_own_directories_are_left_out_when_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simisp.locks.names.LOCK_DIRECTORIES", (tmp_path / "missing", tmp_path))
    assert lock_directories(environment={}) == (tmp_path,)
    monkeypatch.setattr("simisp.locks.names.LOCK_DIRECTORIES", (tmp_path / "missing",))
    with pytest.raises(EndpointError, match=r"no lock directory exists.*--lock-dir"):
        lock_directories(environment={})
