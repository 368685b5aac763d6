"""Serve the practice portals until interrupted: `python -m tests.doubles --help`."""

import signal
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from threading import Event

from tests.doubles.families import PracticeFamilies
from wardnews.demo.server import PracticePortal


def main() -> None:
    """Serve, and print every address."""
    parser = ArgumentParser(prog="python -m tests.doubles", description="Serve practice portals on loopback.")
    parser.add_argument("--port", type=int, default=0, help="the older generation's port; the newer one takes the next")
    parser.add_argument("--articles", type=int, default=None, help="how many articles to serve, both together")
    parser.add_argument("--families", action="store_true", help="serve a portal of every other CMS family too")
    arguments = parser.parse_args()
    following = arguments.port + 1 if arguments.port else 0
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as serving:
        portal = PracticePortal(arguments.articles, liferay_port=arguments.port, newszone_port=following)
        serving.enter_context(portal)
        sys.stdout.write(f"liferay {portal.liferay_url}\nnewszone {portal.newszone_url}\n")
        if arguments.families:
            families = serving.enter_context(PracticeFamilies())
            sys.stdout.writelines(f"{family} {families.url(family)}\n" for family in families.families)
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
