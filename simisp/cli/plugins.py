"""Pydantic without a search for plugins, and children that know nothing of it."""

from __future__ import annotations

import os

__all__ = ["forgo_plugins", "restore_environment"]

_VARIABLE = "PYDANTIC_DISABLE_PLUGINS"
_set_here = False


def forgo_plugins() -> None:
    """Keep pydantic from looking for plugins among all installed packages: a fifth of the start, and we use none."""
    global _set_here  # noqa: PLW0603 - the environment is the process's too
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = "__all__"
        _set_here = True


def restore_environment() -> None:
    """Take the variable back, before anything is started that would inherit it. Pydantic has looked by then."""
    global _set_here  # noqa: PLW0603
    if _set_here:
        os.environ.pop(_VARIABLE, None)
        _set_here = False
