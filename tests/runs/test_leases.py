"""Runs that overlap, on one machine or many: one at a time asks a group and writes for it, at one pace."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from tests.helpers.commands import Folder
from tests.helpers.groups import Groups, sending_times
from wardnews.demo import Reply, Request


def folder(path: Path, served: Groups, store_url: str) -> Folder:
    path.mkdir(exist_ok=True)
    return Folder(path, served.toml(), store_url)


def test_runs_that_overlap_keep_one_pace_in_a_group(tmp_path: Path, store_url: str) -> None:
    """The first is at two portals of a group of three; the second has another group, then comes to what is left."""
    under_way, refused = Event(), set[str]()

    def refuse(site: str, request: Request) -> Reply | None:
        if request.place == "/muc-0" and site == "p002":
            under_way.set()
        if request.place == "/muc-0" and site in ("p000", "p004") and site not in refused:
            refused.add(site)
            return Reply(429, b"", headers=(("Retry-After", "1"),))
        return None

    with Groups(6, 2, delay=0.3, latency=0.1, refuse=refuse) as served:
        served.towns["p001"].pieces += served.towns["p003"].pieces
        one, other = (folder(tmp_path / name, served, store_url) for name in ("one", "other"))
        with one.started("p000", "p002", before=sending_times) as first:
            assert under_way.wait(60)
            done = other.crawl("--due", *served.towns, before=sending_times)
        last = other.crawl("--due", *served.towns, before=sending_times)
        assert first.exitcode == 0, first.stderr
        assert done.status == last.status == 0, done.stderr
    assert served.too_soon() == []
    after_refusal = [
        b.sent - a.answered for a, b in served.pairs() if a.path == "/muc-0" and a.site in ("p000", "p004")
    ]
    assert max(after_refusal) >= 1
    assert set(served.articles_asked().values()) == {1}
