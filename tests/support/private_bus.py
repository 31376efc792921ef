"""A D-Bus of a test's own, with its own settings and address, and calls on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.listening import is_listened_on
from support.polling import until
from support.started_processes import started

__all__ = ["Bus", "private_bus"]

_SETTINGS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True)
class Bus:
    """A running bus.

    Attributes:
        address: Where it listens.
        log: What the bus itself has printed.
    """

    address: str
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        """An environment in which a program takes this for the session's and for the system's bus."""
        return os.environ | {"DBUS_SESSION_BUS_ADDRESS": self.address, "DBUS_SYSTEM_BUS_ADDRESS": self.address}

    def call(self, service: str, path: str, method: str, *arguments: str) -> str:
        """Call a method; return its answer in GVariant's text form.

        Args:
            service: The bus name.
            path: The object's.
            method: Its interface and name.
            arguments: Each in GVariant's text form.

        Raises:
            AssertionError: It answered an error, or not within a minute.
        """
        done = self._gdbus(service, path, method, *arguments)
        assert done.returncode == 0, f"{method}: {done.stderr}"
        return done.stdout.strip()

    def property(self, service: str, path: str, interface: str, name: str) -> str:
        """Return a property's value; empty while the object or the property is not there."""
        get = "org.freedesktop.DBus.Properties.Get"
        done = self._gdbus(service, path, get, interface, name)
        return done.stdout.strip() if done.returncode == 0 else ""

    def has(self, service: str) -> bool:
        """Whether a program has this bus name."""
        path, method = "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"
        return "true" in self.call("org.freedesktop.DBus", path, method, service)

    def _gdbus(self, service: str, path: str, method: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["gdbus", "call", "--address", self.address, "--timeout", "60"]
        command += ["--dest", service, "--object-path", path, "--method", method, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@contextmanager
def private_bus(folder: Path) -> Iterator[Bus]:
    """Give a bus with all its files in a folder; it is gone in the end."""
    settings = folder / "bus.conf"
    settings.write_text(_SETTINGS.format(folder=folder))
    log = folder / "bus.log"
    with log.open("w") as written, started() as place:
        command = ["dbus-daemon", f"--config-file={settings}", "--nofork", "--nopidfile"]
        daemon = place.start(command, stdout=written, stderr=subprocess.STDOUT)
        until(lambda: is_listened_on(folder / "bus") or daemon.poll() is not None, what="the bus")
        assert daemon.poll() is None, log.read_text()
        yield Bus(f"unix:path={folder}/bus", log)
