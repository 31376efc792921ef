"""A scenario's PPP as far ends that speak it. Only a scenario with PPP loads this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.scenario.ppp_section import PppSection

__all__ = ["PppMaker", "ppp_maker"]


@dataclass(frozen=True, slots=True)
class PppMaker:
    """Makes a far end that speaks PPP, anew for each call.

    Attributes:
        config: What its link is set to.
        behaviour: The name of its bad behaviour; empty for none.
    """

    config: PppConfig
    behaviour: str = ""

    def __call__(self) -> PppFarEnd:
        """Return a new far end."""
        if not self.behaviour:
            return PppFarEnd(self.config)
        from simisp.ppp.behaviours.table import BEHAVIOURS

        misconduct = BEHAVIOURS[self.behaviour].make()
        return PppFarEnd(misconduct.configured(self.config), misconduct)

    def with_seed(self, seed: int) -> PppMaker:
        """Return one whose links draw everything random from another seed."""
        return replace(self, config=replace(self.config, seed=seed))


def ppp_maker(section: PppSection, accounts: Mapping[str, str]) -> PppMaker:
    """Return what makes far ends as a section says.

    Args:
        section: The section.
        accounts: The ISP's accounts, which are those of PPP too unless the section has others.
    """
    config = PppConfig(
        auth=() if section.auth in (None, "none") else (AuthMethod(section.auth),),
        accounts=dict(accounts if section.accounts is None else section.accounts),
        name=section.name or "simisp",
        local=IPv4Address(section.local or "10.0.0.1"),
        remote=IPv4Address(section.remote or "10.0.0.2"),
        dns=tuple(map(IPv4Address, section.dns or ())),
        mru=section.mru or 1500,
        echo_every=None if section.echo is None else section.echo.every,
        echo_failures=4 if section.echo is None else section.echo.failures,
        ipv6=bool(section.ipv6),
        answers_ping=section.network == "echo",
    )
    return PppMaker(config, section.behaviour or "")
