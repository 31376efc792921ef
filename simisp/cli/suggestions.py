"""What a user could try on the ports of a run."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simisp.scenario.steps import PromptStep

if TYPE_CHECKING:
    from simisp.endpoints.spec import EndpointSpec
    from simisp.scenario.model import Scenario

__all__ = ["what_to_try"]

_PROMPTS = {"p": "ervice?", "alice": "sername:"}
"""What chat waits for before it sends these."""


def what_to_try(paths: Sequence[str], specs: Sequence[EndpointSpec], scenario: Scenario) -> str:
    """Return commands that open the ports, and what else is to be known about them.

    Args:
        paths: How a client names each port.
        specs: The ports that were asked for; empty for a pseudo-terminal.
        scenario: What is played: a number and a log-in that it does not have are not named.
    """
    lines = [line for path in paths for line in _for(path, _number(scenario), _log_in(scenario))]
    if lines:
        lines.insert(0, "Try on it, for instance:")
    if keep_alive := {f"{spec.keep_alive:g} s" for spec in specs if spec.host}:
        lines.append(f"A client that is gone without a word is given up after {' or '.join(sorted(keep_alive))}.")
    return "\n".join([*lines, "Ctrl-C ends the run."])


def _number(scenario: Scenario) -> str:
    """Return a number that leads to the ISP, or else to a line of the bank; empty if there is none."""
    exchange = scenario.exchange
    numbers = exchange.numbers
    if numbers.get("5551234", exchange.default) == "isp":
        return "5551234"
    others = [number for number, leads_to in numbers.items() if leads_to == "isp"]
    return others[0] if others else "2" if (scenario.line_count or 1) > 1 else ""


def _log_in(scenario: Scenario) -> tuple[str, ...]:
    """Return what is typed at the log-in of the tutorial's scenarios, as far as this one has it too."""
    if scenario.isp.accounts.get("alice") != "wonderland":
        return ()
    isp = scenario.isp
    steps = itertools.chain(isp.dialogue or (), *(isp.dialogues or {}).values())
    asks_for_p = any(
        isinstance(step, PromptStep) and (step.expect == "p" or "p" in (step.choices or ())) for step in steps
    )
    return (*(["p"] if asks_for_p else []), "alice", "wonderland")


def _for(path: str, number: str, log_in: tuple[str, ...]) -> list[str]:
    from simisp.endpoints.opening import address_of

    typed = f"then type ATDT{number}" if number else "then type AT"
    typed += f", and {', '.join(log_in)}" if number and log_in else ""
    chat = f"ATDT{number} CONNECT '\\d\\c'" if number else ""
    asked = "".join(f" {prompt} {word}" for word, prompt in _PROMPTS.items() if word in log_in)
    host, port = address_of(path)
    if path.startswith("/"):
        quoted = shlex.quote(path)
        return [
            f"  picocom {quoted}     {typed}",
            f"  chat -v TIMEOUT 5 '' ATZ OK {chat}{asked if number else ''} <{quoted} >{quoted}",
        ]
    if path.startswith("unix:"):
        name = path.removeprefix("unix:")
        address = f"ABSTRACT-CONNECT:{name[1:]}" if name.startswith("@") else f"UNIX-CONNECT:{name}"
        return [f"  socat -,crnl {shlex.quote(address)}     {typed}"]
    if path.startswith("socket:"):
        shown = f"[{host}]" if ":" in host else host
        return [f"  socat -,crnl TCP:{shown}:{port}     {typed}"]
    if path.startswith("telnet:"):
        return [f"  telnet {host} {port}     {typed}"]
    if path.startswith("rfc2217:"):
        return [f"  pyserial-miniterm {path}     {typed}"]
    return []
