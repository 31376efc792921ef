"""The way in from the command line."""

from __future__ import annotations

import os


def main() -> None:
    """Run the command line."""
    # Looking for pydantic's plugins among all installed packages costs a fifth of the start, and we use none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from simisp.cli import main as command_line

    command_line(prog_name="simisp")


if __name__ == "__main__":
    main()
