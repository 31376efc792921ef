"""What a test says where the set-up could not fetch what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fetched import build_of_fetched


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of the test's own, in which the last attempt to fetch something has failed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache = tmp_path / "simisp-tests"
    cache.mkdir()
    (cache / "log").write_text("Get:1 …\nE: Unable to locate package lwip\n")
    build_of_fetched.cache_clear()
    yield cache
    build_of_fetched.cache_clear()


def test_a_test_without_what_is_fetched_is_skipped_and_says_what_was_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no .*lwip-source \(as root .*Unable to locate package lwip"):
        build_of_fetched("lwip-source", "lwip")


def test_in_ci_it_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Unable to locate package lwip"):
        build_of_fetched("lwip-source", "lwip")


def test_what_can_not_be_built_of_it_is_reported_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    (folder / "lwip-source").mkdir()
    with pytest.raises(pytest.fail.Exception, match=r"can't be built: .*No such file"):
        build_of_fetched("lwip-source", "lwip")
