"""What the tests here share."""

from pathlib import Path

import pytest

from support.started_processes import Terminal, processes, pty

__all__ = ["directory", "link", "processes", "pty"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A lock directory."""
    made = tmp_path / "locks"
    made.mkdir()
    return made


@pytest.fixture
def link(tmp_path: Path, pty: Terminal) -> Path:
    """A link to the port."""
    made = tmp_path / "modem0"
    made.symlink_to(pty.path)
    return made
