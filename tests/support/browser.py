"""A real headless Chromium, driven by its DevTools protocol over two pipes: no port, no driver program."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from .polling import until

__all__ = ["Browser"]

_OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
    "--hide-scrollbars", "--remote-debugging-pipe",
]  # fmt: skip
_KEYS = {
    "Enter": 13,
    "Escape": 27,
    "ArrowDown": 40,
    "ArrowUp": 38,
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "End": 35,
    "Home": 36,
    "PageDown": 34,
}


class Browser:
    """One page in one browser. A context manager.

    Args:
        folder: A folder for its profile.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("chromium") or "chromium"
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The protocol is read from descriptor 3 and written to descriptor 4.
        command = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", command, "bash", program, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:", "HOME": str(folder)},
        )  # fmt: skip
        os.close(to_read)
        os.close(to_write)
        self._reader = os.fdopen(self._from, "rb")
        self._number = 0
        self._session = ""
        self._loaded = 0
        self.said: list[str] = []
        """What the page logged, and its exceptions."""

    def __enter__(self) -> Browser:
        page = until(self._pages, what="the browser's page", pause=0.05)[0]
        self._session = self._call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.close()
        os.close(self._to)

    def go(self, page: Path) -> None:
        """Open a file, and wait until it is loaded."""
        before = self._loaded
        self._call("Page.navigate", url=page.as_uri())
        while self._loaded == before:  # which may come before the answer, from another process
            self._next()

    def value(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key; a letter also types it."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = _KEYS.get(key, ord(key.upper()) if len(key) == 1 and key.isalnum() else 0)
        about = {"key": key, "text": text, "windowsVirtualKeyCode": code}
        self._call("Input.dispatchKeyEvent", type="keyDown", **about)
        self._call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self._call("Input.insertText", text=text)

    def click(self, selector: str, *, right: float = 0.5) -> None:
        """Click on an element, in the middle of its height."""
        box = self.value(f"(({_BOX})(document.querySelector({json.dumps(selector)})))")
        x, y = box[0] + box[2] * right, box[1] + box[3] / 2
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def prefer(self, scheme: str) -> None:
        """Be a system whose colours are ``"light"`` or ``"dark"``."""
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def resize(self, width: int, height: int) -> None:
        """Have a window of this size."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )  # fmt: skip

    def screenshot(self) -> bytes:
        """Return the page as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def print(self) -> bytes:
        """Print the page to PDF."""
        return base64.b64decode(self._call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def _pages(self) -> list[str]:
        """Return the identifiers of its pages: the first one comes some time after the browser answers."""
        targets = self._call("Target.getTargets")["targetInfos"]
        return [each["targetId"] for each in targets if each["type"] == "page"]

    def _next(self) -> dict[str, Any]:
        octets = bytearray()
        while (octet := self._reader.read(1)) not in (b"\0", b""):
            octets += octet
        assert octets, "the browser has ended"
        message: dict[str, Any] = json.loads(octets)
        if message.get("method") == "Page.loadEventFired":
            self._loaded += 1
        if message.get("method") == "Runtime.exceptionThrown":
            self.said.append(str(message["params"]["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded":
            self.said.append(str(message["params"]["entry"]["text"]))
        if message.get("method") == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith("file:"):
                self.said.append(f"asked for {url}")
        return message


_BOX = "e => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"
