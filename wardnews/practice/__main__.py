"""Serve the practice portal until interrupted: `python -m wardnews.practice [--port N] [--articles N]`."""

import signal
import sys
from argparse import ArgumentParser
from threading import Event

from wardnews.practice.server import PracticePortal


def main() -> None:
    """Serve, and print both addresses."""
    parser = ArgumentParser(prog="python -m wardnews.practice", description="Serve a practice portal on loopback.")
    parser.add_argument("--port", type=int, default=0, help="the older generation's port; the newer one takes the next")
    parser.add_argument("--articles", type=int, default=None, help="how many articles to serve, both together")
    arguments = parser.parse_args()
    following = arguments.port + 1 if arguments.port else 0
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with PracticePortal(arguments.articles, liferay_port=arguments.port, newszone_port=following) as portal:
        sys.stdout.write(f"liferay {portal.liferay_url}\nnewszone {portal.newszone_url}\n")
        sys.stdout.flush()
        stopped.wait()


if __name__ == "__main__":
    main()
