"""Take pictures of a running `wardnews serve`: every kind of page, wide and narrow, light and dark, in each language.

    wardnews serve --port 8001 &
    python tools/screenshots.py http://127.0.0.1:8001/ pictures
    python tools/screenshots.py http://127.0.0.1:8001/ pictures --axe node_modules/axe-core/axe.min.js

With `--axe` each page is judged by axe-core (npm) too, and what is amiss ends it with status 1. Scripts are off for the
pages themselves, by their own policy. Needs selenium, chromium and chromedriver.
"""

import json
import re
import shutil
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urljoin
from urllib.request import urlopen

from selenium import webdriver

WIDTHS, SCHEMES, LANGUAGES = (1200, 390), ("light", "dark"), ("en", "vi")
_TALLEST = 4_000
_CHROMIUM = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def pages_of(address: str, word: str) -> dict[str, str]:
    """Return an address of each kind of page, found by links; those that this store has not are left out."""
    search = f"/?q={quote(word)}"
    pages = {
        "home": "/", "search": search, "portals": "/portals", "missing": "/nowhere", "tables": "/wardnews",
        "table": "/wardnews/articles", "query": "/wardnews/edited",
    }  # fmt: skip
    edited = _links(address, "/wardnews/edited", r"/article/[^\"?#]+")
    article = next(iter([*edited, *_links(address, search, r"/article/[^\"?#]+")]), None)
    if article:
        pages["article"] = article
        kinds = {
            "versions": "/compare/",
            "version": "/version/",
            "raw": "/raw/",
            "portal": "/portal/",
            "ward": "/ward/",
        }
        linked = {name: _links(address, article, rf"{begin}[^\"#]+") for name, begin in kinds.items()}
        pages |= {name: links[0] for name, links in linked.items() if links}
    return pages


def _links(address: str, path: str, pattern: str) -> list[str]:
    with urlopen(urljoin(address, path)) as answer:  # noqa: S310 - an address that was typed
        return re.findall(rf'(?:href|action)="({pattern})', answer.read().decode().replace("&amp;", "&"))


@contextmanager
def browser() -> Iterator[Any]:
    """Start Chromium, which reaches nothing but this machine."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    with TemporaryDirectory() as profile:
        for argument in (*_CHROMIUM, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            yield opened
        finally:
            opened.quit()


def violations(page: Any, axe: str) -> list[str]:
    """Return what axe-core finds amiss on the page that is shown."""
    page.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    page.execute_script(axe)
    found = page.execute_async_script("axe.run().then(arguments[0])")["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]


def picture(page: Any, address: str, scheme: str, width: int, file: Path) -> None:
    """Take a picture of a whole page."""
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    page.get(address)
    height = min(page.execute_script("return document.documentElement.scrollHeight"), _TALLEST)
    if page.execute_script("return document.documentElement.scrollWidth") > width:
        print(f"{file.stem}: wider than the window")
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    page.save_screenshot(str(file))


def main() -> int:
    """Take the pictures; return the exit status."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--axe", type=Path, help="axe.min.js of axe-core")
    parser.add_argument("--word", default="phường", help="what the search looks for")
    parser.add_argument("--only", nargs="*", help="these kinds of pages alone")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    axe = given.axe.read_text(encoding="utf-8") if given.axe else None
    amiss = set()
    with browser() as page:
        for name, path in pages_of(given.address, given.word).items():
            if given.only and name not in given.only:
                continue
            for language in LANGUAGES:
                address = urljoin(given.address, path) + ("&" if "?" in path else "?") + f"lang={language}"
                for scheme in SCHEMES:
                    for width in WIDTHS:
                        picture(page, address, scheme, width, given.folder / f"{name}-{language}-{scheme}-{width}.png")
                        amiss |= {f"{name} {scheme} {width} {one}" for one in (violations(page, axe) if axe else ())}
            print(name, path, flush=True)
    print(json.dumps(sorted(amiss), indent=1, ensure_ascii=False) if amiss else "nothing amiss" if axe else "")
    return int(bool(amiss))


if __name__ == "__main__":
    sys.exit(main())
