r"""SWITCH.INF, the older script language of Windows NT: parse it, and play a section of it.

A file holds many scripts, one per section. A script sends commands and examines responses; it has no variables, no
branches and no time limits. This package opens no file and reads no clock.

Example:
    >>> parsed = parse('[Greeting]\nCOMMAND=hello<cr>\nCONNECT=<match>"welcome"\nLOOP=<ignore>\n')
    >>> script = SectionMachine(find_section(parsed, "greeting"))
    >>> script.start(now=0.0)
    >>> script.receive_data(b"You are welcome.", now=1.0)
    >>> script.take_outputs()
    [SendData(data=b'hello\r', secrets=(), relayed=False), Ended(connected=True)]
"""

from simisp.switchinf.parser import Parsed, find_section, parse
from simisp.switchinf.section_machine import SectionMachine
from simisp.switchinf.state import Options, State, Waiting
from simisp.switchinf.syntax import PadCall, Section

__all__ = ["Options", "PadCall", "Parsed", "Section", "SectionMachine", "State", "Waiting", "find_section", "parse"]
