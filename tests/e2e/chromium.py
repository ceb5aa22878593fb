"""A headless Chromium for tests: found on this machine or fetched into a cache folder, and spoken to over its own pipe.

Of the DevTools protocol only what a person does is used: open a page, press keys, look at the screen.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGE = "chromium-headless-shell"
BINARY = "usr/lib/chromium/chromium-headless-shell"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tillmesh-tests" / "chromium"
FETCH_S_MAX = 150
ANSWER_S = 20.0
FUNCTION_KEYS = {f"F{number}": 111 + number for number in range(1, 13)}
OTHER_KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Backspace": (8, "")}
# The terminal in the page belongs to nobody that a test could ask: whoever is given one remembers it here. Keys that
# come by this way mean nothing to the browser, so it is looked at whether the page has forbidden it their use.
WATCH = """
  Object.defineProperty(Object.prototype, "terminal", {configurable: true, set(value) {
    Object.defineProperty(this, "terminal", {value, writable: true, configurable: true});
    window.testTerminal = value;
  }});
  window.testKeys = [];
  window.addEventListener("keydown", (event) => setTimeout(() => {
    window.testKeys.push([event.key, event.defaultPrevented]);
  }, 0), true);
  window.testBells = 0;
  const tone = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.testBells += 1; return tone.call(this); };
"""
READ_SCREEN = """(() => {
  const buffer = window.testTerminal && window.testTerminal.buffer.active;
  if (!buffer) return "";
  const line = (at) => { const row = buffer.getLine(at); return row ? row.translateToString(true) : ""; };
  return Array.from({length: window.testTerminal.rows}, (_, at) => line(at)).join("\\n");
})()"""


class NoChromium(Exception):
    """There is none, and none can be fetched; the text says why."""


def command() -> tuple[list[str], dict[str, str]]:
    """The browser's command line and environment; ``NoChromium``."""
    for name in NAMES:
        if (path := shutil.which(name)) is not None:
            return [path], {}
    root = CACHE / "root"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.is_dir():
            _fetch(root)
    return [str(root / BINARY)], _libraries(root)


def _libraries(root: Path) -> dict[str, str]:
    folders = {str(path.parent) for path in root.rglob("*.so*")}
    return {"LD_LIBRARY_PATH": ":".join(sorted(folders))}


def _fetch(root: Path) -> None:
    """Debian's package and what it needs, unpacked below ``root``: nothing is installed, nobody need be root."""
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise NoChromium(f"no Chromium on this machine, and no {program} to fetch it with")
    lists, archives = CACHE / "lists", CACHE / "archives"
    for folder in (lists / "partial", archives / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    apt = [
        "apt-get", "--quiet", "--yes", "-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=",
        "-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={CACHE}", "-o", f"Dir::Cache::Archives={archives}",
    ]  # fmt: skip
    _run([*apt, "-o", "APT::Update::Error-Mode=any", "update"])
    _run([*apt, "install", "--no-install-recommends", "--download-only", PACKAGE])
    fresh = root.with_name("root.part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(fresh)])
    shutil.rmtree(archives)
    shutil.rmtree(lists)
    _run([str(fresh / BINARY), "--version"], _libraries(fresh))
    fresh.rename(root)


def _run(arguments: list[str], environment: Mapping[str, str] = MappingProxyType({})) -> None:
    env = {**os.environ, **environment}
    try:
        done = subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=FETCH_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoChromium(f"Chromium could not be fetched: {error}") from None
    if done.returncode:
        raise NoChromium(f"Chromium could not be fetched: {(done.stderr or done.stdout).strip()[-300:]}")


class Browser:
    """A browser of its own, with no past. Use as a context."""

    def __init__(self) -> None:
        """``NoChromium`` if there is none."""
        arguments, environment = command()
        self._folder = tempfile.TemporaryDirectory(prefix="tillmesh-chromium-", ignore_cleanup_errors=True)
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        # The browser reads its commands from descriptor 3 and writes answers to 4.
        redirect = f'exec "$@" 3<&{to_read} 4>&{to_write}'
        options = [
            "--headless", "--no-sandbox", "--disable-3d-apis", "--no-first-run", "--remote-debugging-pipe",
            "--disable-dev-shm-usage", "--window-size=1280,720", f"--user-data-dir={self._folder.name}", "about:blank",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", *arguments, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(to_read, to_write),
            env={**os.environ, **environment},
        )
        os.close(to_read)
        os.close(to_write)
        self._numbers = count(1)
        self._unread = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """One command of the protocol; what it answers."""
        number = next(self._numbers)
        said = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self._to, json.dumps(said).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                result: dict[str, Any] = message["result"]
                return result
            if "method" in message:
                self.events.append(message)

    def open(self, url: str) -> Page:
        """The page in a tab of its own."""
        return Page(self, url)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from], [], [], ANSWER_S)
            data = os.read(self._from, 1 << 20) if ready else b""
            assert data, f"the browser says nothing more ({self.process.poll()})"
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message


class Page:
    """One tab."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.call("Page.navigate", url=url)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the protocol for this tab."""
        return self._browser.call(method, self._session, **params)

    def events(self, method: str) -> list[Mapping[str, Any]]:
        """What the tab has told so far."""
        mine = [event for event in self._browser.events if event.get("sessionId") == self._session]
        return [event["params"] for event in mine if event["method"] == method]

    def value(self, expression: str) -> Any:
        """What JavaScript in the page says."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    @property
    def screen(self) -> str:
        """The terminal's text."""
        return str(self.value(READ_SCREEN) or "")

    def wait_for(self, wanted: str | Callable[[], object], timeout_s: float = ANSWER_S) -> None:
        """Until a text stands in the terminal, or a condition holds."""
        give_up = time.monotonic() + timeout_s
        while not (wanted in self.screen if isinstance(wanted, str) else wanted()):
            assert time.monotonic() < give_up, (
                f"not there: {wanted}\n{self.screen}\n{self.value('document.body.innerText')}"
            )
            time.sleep(0.03)

    def press(self, *keys: str) -> None:
        """Keys by name ("F8", "Enter"); any other text is typed a character at a time, as a scanner types."""
        for key in keys:
            if key in FUNCTION_KEYS:
                self._strike(key=key, code=key, windowsVirtualKeyCode=FUNCTION_KEYS[key])
            elif key in OTHER_KEYS:
                number, text = OTHER_KEYS[key]
                self._strike(key=key, code=key, windowsVirtualKeyCode=number, text=text)
            else:
                for character in key:
                    number = ord(character.upper()) if character.isalnum() else 0
                    self._strike(key=character, text=character, windowsVirtualKeyCode=number)

    def _strike(self, text: str = "", **key: Any) -> None:
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **down, **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def resize(self, width: int, height: int) -> None:
        """A window of this size, in pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def close(self) -> None:
        """Close the tab."""
        self._browser.call("Target.closeTarget", targetId=self._target)
