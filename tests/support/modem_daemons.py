"""The daemons that a Linux system leaves its modem to, each on a bus of its own and with all its files in a folder."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import serial

from support.polling import until
from support.private_bus import Bus, private_bus
from support.started_processes import started

__all__ = ["ModemManager", "Multiplexer", "Ofono", "modem_manager", "multiplexer", "ofono"]

PAUSE = 0.1
"""Seconds between two questions: each starts a process."""


_STATES = {
    -1: "failed",
    1: "initializing",
    2: "locked",
    3: "disabled",
    4: "disabling",
    5: "enabling",
    6: "enabled",
    7: "searching",
    8: "registered",
    9: "disconnecting",
    10: "connecting",
    11: "connected",
}
"""ModemManager's numbers for a modem's state, and its words."""


@dataclass(frozen=True)
class ModemManager:
    """A ModemManager that looks for no modem by itself.

    Attributes:
        bus: Its bus.
        log: Its log.
    """

    bus: Bus
    log: Path

    SERVICE = "org.freedesktop.ModemManager1"
    ROOT = "/org/freedesktop/ModemManager1"
    MODEM = f"{ROOT}/Modem/0"

    def set_profile(self, plugin: str, socket: str) -> None:
        """Give it a modem.

        Args:
            plugin: The plugin that has the modem to itself, such as ``generic``.
            socket: The name of the abstract socket, which begins with ``abstract:``.
        """
        self.bus.call(self.SERVICE, self.ROOT, f"{self.SERVICE}.Test.SetProfile", "simisp", plugin, f"['{socket}']")

    @property
    def state(self) -> str:
        """The modem's state, in ModemManager's words; empty while there is no modem."""
        value = self.property("State")
        return _STATES[int(value)] if value else ""

    def reach(self, *wanted: str) -> str:
        """Return the modem's state as soon as it is one of these."""

        def found() -> str:
            state = self.state
            return state if state in wanted else ""

        return until(found, what=f"{wanted}; see {self.log}", pause=PAUSE)

    def property(self, name: str, interface: str = "Modem") -> str:
        """Return one of the modem's properties, without quotes; empty while there is no modem."""
        value = self.bus.property(self.SERVICE, self.MODEM, f"{self.SERVICE}.{interface}", name)
        return value.strip("()<>,'")

    def enable(self) -> None:
        """Switch the modem on, which ends when it has sent all its commands for that."""
        self.bus.call(self.SERVICE, self.MODEM, f"{self.SERVICE}.Modem.Enable", "true")

    def connect(self, apn: str) -> str:
        """Connect the modem to the packet network, and return the path of the bearer."""
        answer = self.bus.call(
            self.SERVICE, self.MODEM, f"{self.SERVICE}.Modem.Simple.Connect", f"{{'apn': <'{apn}'>}}"
        )
        return answer.split("'")[1]


@contextmanager
def modem_manager(folder: Path) -> Iterator[ModemManager]:
    """Give a ModemManager that runs without hardware, udev or the system's bus."""
    options = ("session", "enable", "no-udev", "no-suspend-resume", "no-qrtr")
    command = ["ModemManager", *(f"--test-{option}" for option in options), "--no-auto-scan", "--debug"]
    log = folder / "daemon.log"
    with private_bus(folder) as bus, log.open("w") as written, started() as place:
        place.start(command, env=bus.environment, stdout=written, stderr=subprocess.STDOUT)
        until(lambda: bus.has(ModemManager.SERVICE), what="ModemManager on the bus", pause=PAUSE)
        yield ModemManager(bus, log)


@dataclass(frozen=True)
class Ofono:
    """An oFono whose phonesim driver has the modem.

    Attributes:
        bus: Its bus.
        log: Its log.
    """

    bus: Bus
    log: Path

    SERVICE = "org.ofono"
    MODEM = "/phonesim"
    FILES = "/var/lib/ofono"

    def has_modem(self) -> bool:
        """Whether the driver has made its modem."""
        return self.MODEM in self.bus.call(self.SERVICE, "/", f"{self.SERVICE}.Manager.GetModems")

    def properties(self, interface: str = "Modem") -> str:
        """Return all properties of one of the modem's interfaces, as text."""
        return self.bus.call(self.SERVICE, self.MODEM, f"{self.SERVICE}.{interface}.GetProperties")

    def switch_on(self, name: str) -> None:
        """Set one of the modem's properties to true: Powered, then Online."""
        self.bus.call(self.SERVICE, self.MODEM, f"{self.SERVICE}.Modem.SetProperty", name, "<true>")

    def reach(self, text: str, interface: str = "Modem") -> str:
        """Return the properties of an interface as soon as the modem has it and the text is among them."""

        def found() -> str:
            if f"{self.SERVICE}.{interface}'" not in self.properties() and interface != "Modem":
                return ""
            properties = self.properties(interface)
            return properties if text in properties else ""

        return until(found, what=f"{text}; see {self.log}", pause=PAUSE)


@contextmanager
def ofono(folder: Path, port: int, *settings: str) -> Iterator[Ofono]:
    """Give an oFono, as root: what it keeps of a SIM is in the folder instead of the system's one.

    Args:
        folder: Where all its files are.
        port: The modem's TCP port on loopback.
        settings: Lines for the driver, such as ``Multiplexer=internal``.
    """
    phonesim, kept, log = folder / "phonesim.conf", folder / "kept", folder / "daemon.log"
    phonesim.write_text("\n".join(("[phonesim]", "Address=127.0.0.1", f"Port={port}", *settings, "")))
    kept.mkdir()
    run = f'mount --bind "{kept}" {Ofono.FILES} && exec ofonod --nodetach --debug'
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", run]
    with private_bus(folder) as bus, log.open("w") as written, started() as place:
        environment = bus.environment | {"OFONO_PHONESIM_CONFIG": str(phonesim), "OFONO_AT_DEBUG": "1"}
        place.start(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        until(lambda: bus.has(Ofono.SERVICE), what="oFono on the bus", pause=PAUSE)
        daemon = Ofono(bus, log)
        until(daemon.has_modem, what="oFono's modem", pause=PAUSE)
        yield daemon


@dataclass(frozen=True)
class Multiplexer:
    """A running gsm0710muxd.

    Attributes:
        bus: Its bus.
        log: Its log.
    """

    bus: Bus
    log: Path

    SERVICE = "org.pyneo.mux"
    ROOT = "/org/pyneo/Muxer"
    _END = re.compile(rb"\r\n(OK|ERROR|CONNECT[^\r]*|\+CM[ES] ERROR: [^\r]*)\r\n")

    def channel(self) -> str:
        """Return the path of a new channel's pseudo-terminal, as soon as there are channels."""

        def found() -> str:
            answer = self.bus.call(self.SERVICE, self.ROOT, "org.pyneo.Powered.GetDevice", "simisp")
            return answer.split("'")[1].removeprefix("file://")

        return until(found, what=f"a channel; see {self.log}", pause=5 * PAUSE)

    def answer(self, port: serial.Serial, command: str) -> str:
        """Send a command on a channel, and return what comes up to the end of its answer."""
        port.write(command.encode() + b"\r")
        heard = bytearray()

        def found() -> bool:
            heard.extend(port.read(256))
            return self._END.search(heard) is not None

        until(found, what=f"the answer to {command}; see {self.log}")
        return heard.decode("latin-1")


@contextmanager
def multiplexer(folder: Path, port: str, option: str) -> Iterator[Multiplexer]:
    """Give a gsm0710muxd that has been switched on.

    Args:
        folder: Where all its files are.
        port: The modem's.
        option: ``basic`` or ``advanced``.
    """
    log = folder / "daemon.log"
    with private_bus(folder) as bus, log.open("w") as written, started() as place:
        command = ["gsm0710muxd", "-v", "-v", "-s", os.fspath(port), "-m", option]
        place.start(command, env=bus.environment, stdout=written, stderr=subprocess.STDOUT)
        until(lambda: bus.has(Multiplexer.SERVICE), what="gsm0710muxd on the bus", pause=PAUSE)
        bus.call(Multiplexer.SERVICE, Multiplexer.ROOT, "org.pyneo.Powered.SetPower", "simisp", "true")
        yield Multiplexer(bus, log)
