"""What every self-contained page needs: assets, data that can end no element, and a policy that lets nothing in."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import cache
from importlib.resources import files

from simisp.visible import visible

__all__ = ["asset", "embedded_json", "escaped", "source_hash"]

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@cache
def asset(package: str, name: str) -> str:
    """Return a file of a package's folder ``assets``."""
    return (files(package) / "assets" / name).read_text(encoding="utf-8").rstrip("\n")


def source_hash(text: str) -> str:
    """Return the source expression of an inline style or script (Content Security Policy Level 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def escaped(text: str) -> str:
    """Return text for HTML, with what can't be seen made visible."""
    return html.escape(visible(text))


def embedded_json(data: object) -> str:
    r"""Return data as JSON that can stand in a ``script`` element: nothing in it can end the element.

    Example:
        >>> embedded_json("</script><!--")
        '"\\u003c/script\\u003e\\u003c!--"'

    See Also:
        HTML Living Standard, 4.12.1.3, "Restrictions for contents of script elements".
    """
    return json.dumps(data, separators=(",", ":")).translate(_ESCAPES)
