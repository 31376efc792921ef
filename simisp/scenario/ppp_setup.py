"""A scenario's PPP as far ends that speak it. Only a scenario with PPP loads this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from simisp.far_end import FarEnd
from simisp.joined_program import ProgramCommand, ProgramTerminal
from simisp.ppp.behaviour import LinkBehaviour
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.far_end import PppFarEnd
from simisp.scenario.ppp_section import PppSection

if TYPE_CHECKING:
    from simisp.ppp.behaviours.misconduct import Misconduct

__all__ = ["PppMaker", "ppp_maker"]


@dataclass(frozen=True, slots=True)
class PppMaker:
    """Makes a far end that speaks PPP, anew for each call.

    Attributes:
        config: What its link is set to.
        behaviour: The name of its bad behaviour; empty for none.
        option: What the option of that behaviour is set to; None for its usual value.
        program: The program behind its link; None for none.
    """

    config: PppConfig
    behaviour: str = ""
    option: float | None = None
    program: ProgramCommand | None = None

    def __call__(self) -> PppFarEnd:
        """Return a new far end."""
        misconduct = self._misconduct()
        if misconduct is None:
            return self._made(self.config, None)
        return self._made(misconduct.configured(self.config), misconduct)

    def _misconduct(self) -> Misconduct | None:
        if not self.behaviour:
            return None
        from simisp.ppp.behaviours.table import BEHAVIOURS

        misconduct = BEHAVIOURS[self.behaviour].make()
        if self.option is not None:
            misconduct.set(self.option)
        return misconduct

    def require_packages(self) -> None:
        """Do nothing if the packages are installed that its links need; a call would find out in the middle of a run.

        Raises:
            MissingPackageError: One is not.
        """
        misconduct = self._misconduct()
        config = self.config if misconduct is None else misconduct.configured(self.config)
        if AuthMethod.MSCHAP_V2 in config.auth:
            from simisp.ppp.mschap import require_mschap

            require_mschap()

    def _made(self, config: PppConfig, behaviour: LinkBehaviour | None) -> PppFarEnd:
        if self.program is None:
            return PppFarEnd(config, behaviour)
        from simisp.ppp.program_network import PppProgramFarEnd

        return PppProgramFarEnd(config, self.program, behaviour)

    def with_seed(self, seed: int) -> PppMaker:
        """Return one whose links draw everything random from another seed."""
        return replace(self, config=replace(self.config, seed=seed))


def ppp_maker(
    section: PppSection, accounts: Mapping[str, str], *, file: str = "", seed: int = 0
) -> Callable[[], FarEnd]:
    """Return what makes far ends as a section says: PPP, or a program that speaks it.

    Args:
        section: The section.
        accounts: The ISP's accounts, which are those of PPP too unless the section has others.
        file: The path of the file that the section stands in.
        seed: What the links draw everything random from.
    """
    program = None
    if section.run is not None and section.network in (None, "run", "slip"):
        from simisp.scenario.program_setup import ProgramMaker, program_command

        program = program_command(section.run, file, ProgramTerminal.RAW)
        if section.is_left_to_program:
            return ProgramMaker(program)
    config = PppConfig(
        auth=() if section.auth in (None, "none") else (AuthMethod(section.auth),),
        accounts=dict(accounts if section.accounts is None else section.accounts),
        name=section.name or "simisp",
        local=IPv4Address(section.local_address),
        remote=IPv4Address(section.remote_address),
        dns=tuple(map(IPv4Address, section.dns or ())),
        mru=section.mru or 1500,
        echo_every=None if section.echo is None else section.echo.every,
        echo_failures=4 if section.echo is None else section.echo.failures,
        ipv6=bool(section.ipv6),
        answers_ping=section.network == "echo",
        seed=seed,
    )
    option = section.nth if section.nth is not None else section.after
    return PppMaker(config, section.behaviour or "", option, program)
