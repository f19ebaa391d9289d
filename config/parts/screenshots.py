"""`make screenshots`: the main pages at both widths, light and dark, into screenshots/.

URL= names a Satchel that runs from this checkout with the demo; without it one is started for the purpose. PAGES=
picks some by their names below.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from config.parts import chromium
from config.parts.bootstrap import ROOT, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "screenshots"
DATA = ROOT / ".satchel" / "screenshots"
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
START_SECONDS = 600


class Shot(NamedTuple):
    """A page to capture: who looks, and where. For a path that begins with `>`, links are followed from there."""

    who: str
    path: str


SHOTS: dict[str, Shot] = {
    "home": Shot("visitor", "/"),
    "catalogue": Shot("visitor", "/catalogue/"),
    "achievement": Shot("visitor", ">/catalogue/ .pocket-card .cover"),
    "issuer": Shot("visitor", ">/catalogue/ .pocket-card .cover >main a[href^='/issuers/']"),
    "verify": Shot("visitor", "/verify/"),
    "help": Shot("visitor", "/help/"),
    "sign-in": Shot("visitor", "/accounts/login/"),
    "not-found": Shot("visitor", "/nowhere/"),
    "search-visitor": Shot("visitor", "/search/?q=care"),
    "shared": Shot("visitor", "{collection}"),
    "credential": Shot("visitor", "/c/{credential}"),
    "record": Shot("visitor", "/c/{credential}/record"),
    "styleguide": Shot("visitor", "/styleguide/"),
    "today-learner": Shot("learner", "/"),
    "my-work": Shot("learner", "/submissions/"),
    "submission": Shot("learner", ">/submissions/ .ev-row .name a"),
    "search": Shot("learner", "/search/?q=ewe"),
    "search-nothing": Shot("learner", "/search/?q=zebra"),
    "backpack": Shot("learner", "/backpack/"),
    "collection": Shot("learner", ">/backpack/ a[href*='/collections/']:not([href$='/new/'])"),
    "disclose": Shot("learner", ">/backpack/ .pocket-card .cover >a[href$='/disclose/']"),
    "profile": Shot("learner", "/accounts/profile/"),
    "today-assessor": Shot("assessor", "/"),
    "queue": Shot("assessor", "/reviews/"),
    "desk": Shot("assessor", ">/reviews/?view=mine .ledger th a"),
    "desk-evidence": Shot("assessor", ">/reviews/?view=mine .ledger th a >.desk-nav a[target]"),
    "desk-read": Shot("assessor", ">/reviews/?view=free .ledger th a"),
    "today-issuer": Shot("owner", "/"),
    "today-designer": Shot("designer", "/"),
    "today-operator": Shot("operator", "/"),
    "doctor": Shot("operator", "/doctor/"),
    "letters": Shot("operator", "/dev/mail/"),
}


def main() -> None:
    from playwright.sync_api import sync_playwright

    os.chdir(ROOT)
    wanted = sys.argv[1:] or list(SHOTS)
    unknown = [name for name in wanted if name not in SHOTS]
    if unknown:
        sys.exit(f"There is no page “{unknown[0]}”. There is: {', '.join(SHOTS)}.")
    path = chromium.find()
    if path is None:
        sys.exit("There is no chromium: apt-get install chromium")
    with _running() as (url, demo), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*chromium.ARGUMENTS, "--hide-scrollbars"])
        with Step(f"Looking at {len(wanted)} pages"):
            look(browser, url, demo, wanted)
        browser.close()
    print(f"  They are in {FOLDER.relative_to(ROOT)}/.", flush=True)


def look(browser: Browser, url: str, demo: dict[str, Any], wanted: list[str]) -> None:
    """Capture each page of `wanted` at every width in every theme."""
    FOLDER.mkdir(exist_ok=True)
    sign_ins = {one["role"]: one for one in demo["sign_ins"]}
    names = {
        "collection": urlsplit(demo["collections"][0]["url"]).path,
        "credential": demo["credentials"][0]["id"],
    }
    states: dict[str, Any] = {"visitor": None}
    for name in wanted:
        who, path = SHOTS[name]
        if who not in states:
            states[who] = _sign_in(browser, url, sign_ins[who])
        found = _find(browser, url, states[who], path.format(**names))
        for width in WIDTHS:
            for theme in THEMES:
                file = FOLDER / f"{name}-{width}-{theme}.png"

                def take(page: Page, there: str = found, file: Any = file) -> None:
                    page.goto(there, wait_until="networkidle")
                    # A window as tall as the page, so that bars fixed to its bottom appear at the bottom of the page.
                    height = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": page.viewport_size["width"], "height": max(height, 900)})  # type: ignore[index]
                    page.screenshot(path=file)

                _in_window(browser, url, states[who], take, width=width, theme=theme)


def _in_window(
    browser: Browser, url: str, state: Any, act: Callable[[Page], Any], *, width: int = 1280, theme: str = "auto"
) -> Any:
    context = browser.new_context(
        base_url=url, storage_state=state, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    try:
        return act(context.new_page())
    finally:
        context.close()


def _sign_in(browser: Browser, url: str, sign_in: dict[str, str]) -> Any:
    def act(page: Page) -> Any:
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(sign_in["email"])
        page.locator("input[name=password]").fill(sign_in["password"])
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(f"{url}/")
        return page.context.storage_state()

    return _in_window(browser, url, None, act)


def _find(browser: Browser, url: str, state: Any, path: str) -> str:
    """`>/catalogue/ .cover >.chip` opens the first path, then follows the first link that matches each selector."""
    if not path.startswith(">"):
        return path

    def act(page: Page) -> str:
        start, _space, rest = path[1:].partition(" ")
        page.goto(start)
        *first, last = rest.split(" >")
        for selector in first:
            page.locator(selector).first.click()
            page.wait_for_load_state()
        return str(page.locator(last).first.get_attribute("href"))

    return str(_in_window(browser, url, state, act))


@contextlib.contextmanager
def _running() -> Iterator[tuple[str, dict[str, Any]]]:
    """A Satchel with the demo: the one at URL=, or one of our own."""
    if os.environ.get("URL"):
        yield os.environ["URL"].rstrip("/"), _demo({})
        return
    DATA.mkdir(parents=True, exist_ok=True)
    kept = DATA / "port"
    port = kept.read_text().strip() if kept.exists() else str(_free_port())
    kept.write_text(port)
    told = {"SATCHEL_DATA": str(DATA), "PORT": port, "BIND": "127.0.0.1", "PUBLIC_URL": "", "RELOAD": "off"}
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    with (DATA / "up.log").open("wb") as log:
        command = [sys.executable, "-m", "config.parts.up"]
        process = subprocess.Popen(command, env=os.environ | told, stdout=log, stderr=log)
    try:
        with Step("Starting a Satchel with the demo"):
            _wait_for(port, process)
        yield f"http://localhost:{port}", _demo(told)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _demo(told: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--show", "--format", "json"],
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def _wait_for(port: str, process: subprocess.Popen[bytes]) -> None:
    address = f"http://localhost:{port}/help/"
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            sys.exit(f"It did not start: {(DATA / 'up.log').read_text()[-1000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2)
            return
        time.sleep(0.2)
    sys.exit(f"It did not answer within {START_SECONDS} s.")


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


if __name__ == "__main__":
    main()
