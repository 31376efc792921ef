"""What a process was called with, as it is shown."""

from __future__ import annotations

import subprocess
import sys

from simisp.procfs.process import command_line


def test_the_password_in_the_arguments_of_a_chat_is_not_shown_to_who_does_not_know_it() -> None:
    wait = "import sys; print(flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", wait, "ogin:", "alice", "assword:", "looking-glass"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        shown = command_line(process.pid)
        process.communicate()
    assert "assword:" in shown
    assert "alice" in shown
    assert "glass" not in shown
