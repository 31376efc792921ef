"""Repairs a script whose last lines are missing."""

from __future__ import annotations

from simisp.diagnostics import Place
from simisp.scp.checker import Checked
from simisp.scp.edits import Edit, Layout
from simisp.scp.faults import Fault
from simisp.scp.syntax import If, While, walk_statements

__all__ = ["lacking_ends"]

_LACKING = {Fault.MISSING_ENDIF.value, Fault.MISSING_ENDWHILE.value, Fault.MISSING_ENDPROC.value}


def lacking_ends(checked: Checked, layout: Layout) -> Edit | None:
    """Return the edit that appends all missing ends to the text.

    None if the script has other mistakes too, or if a block is open whose end must have been further up.
    """
    main = checked.parsed.tree.main
    if main is None or main.end is not None or {each.code for each in checked.diagnostics} - _LACKING:
        return None
    ends: list[tuple[Place, str]] = [(main.place, "endproc")]
    body = main.body
    while body and isinstance(block := body[-1], If | While) and block.end is None:
        ends.append((block.place, "endif" if isinstance(block, If) else "endwhile"))
        body = block.body
    unclosed = sum(isinstance(each, If | While) and each.end is None for each in walk_statements(main.body))
    if unclosed != len(ends) - 1 or len(checked.diagnostics) != len(ends):
        return None
    return layout.at_end(reversed(ends))
