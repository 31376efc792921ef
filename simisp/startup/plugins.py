"""Keeps pydantic from searching for plugins."""

from __future__ import annotations

import sys
from types import ModuleType

__all__ = ["forgo_plugins"]


def forgo_plugins() -> None:
    """Let pydantic have no plugins: it searches all installed packages for them, a fifth of the start-up time.

    Pydantic's environment variable for that is not used, since the processes that a command starts would inherit it.
    This comes before any import of pydantic. A pydantic that looks elsewhere searches as ever.
    """
    loader = ModuleType("pydantic.plugin._loader")
    vars(loader)["get_plugins"] = tuple
    sys.modules.setdefault(loader.__name__, loader)
