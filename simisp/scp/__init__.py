r"""The Windows dial-up scripting language (``.scp``): parse it, check it, format it, run it, explain it.

A script takes these steps: :func:`parse` reads the text into a tree, :func:`check` checks names and types,
:func:`compile_checked` produces flat code, and an :class:`Interpreter` plays it as a machine. :func:`compile_script`
does
the first three at once. This package opens no file and reads no clock.

Example:
    >>> program = compile_script(b'proc main\r\n  waitfor "ogin:" until 30\r\n  transmit $USERID, raw\r\nendproc\r\n')
    >>> script = Interpreter(program, user_id="alice")
    >>> script.start(now=0.0)
    >>> script.receive_data(b"login: ", now=2.5)
    >>> script.take_outputs()
    [SendData(data=b'alice', secrets=(), relayed=False), Ended()]
"""

from simisp.scp.checker import Checked, check
from simisp.scp.code import Program
from simisp.scp.compiler import compile_checked, compile_script
from simisp.scp.explain import explain_program, explain_script
from simisp.scp.flow import ControlFlow
from simisp.scp.formatter import format_script
from simisp.scp.interpreter import Interpreter
from simisp.scp.options import Options
from simisp.scp.parser import Parsed, parse
from simisp.scp.printer import print_tree
from simisp.scp.state import State, Waiting
from simisp.scp.text import decode

__all__ = [
    "Checked",
    "ControlFlow",
    "Interpreter",
    "Options",
    "Parsed",
    "Program",
    "State",
    "Waiting",
    "check",
    "compile_checked",
    "compile_script",
    "decode",
    "explain_program",
    "explain_script",
    "format_script",
    "parse",
    "print_tree",
]
