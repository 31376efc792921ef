"""The manual page: what roff makes of it, and what it says."""

from __future__ import annotations

import re
import shutil
import subprocess

import click
import pytest

from simisp.cli import main
from simisp.cli.man_page import man_page


def test_every_command_and_every_option_is_in_the_page() -> None:
    page = man_page()
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert f'.SS "simisp {name}' in page
        if not isinstance(command, click.Group):
            shown = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
            for option in shown:
                assert option.opts[0].replace("-", "\\-") in page


def test_no_line_of_text_is_taken_for_a_request() -> None:
    known = {".TH", ".SH", ".SS", ".PP", ".TP", ".nf", ".fi", ".B", ".I", ".BR", '.\\"'}
    for line in man_page().splitlines():
        if line.startswith((".", "'")):
            assert line.split()[0] in known


def test_groff_has_nothing_to_say_against_it() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-ww", "-Tutf8", "-P-c"], input=man_page(), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "--give-up-kills [parent|group]" in re.sub(".\b", "", done.stdout)  # bold is struck twice
