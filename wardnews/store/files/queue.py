"""Which images and attachments are still to be asked for, and what came of it: as the frontier is for pages.

A file is wanted by the articles that name it. It is asked for once; when one of them is rechecked, it is too. A record
says what is kept of its files when none of them is left to do.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from wardnews.items import GONE, LIVE, Article, files_of
from wardnews.sites.site import ATTACHMENT, IMAGE
from wardnews.store.files.kept import KeptFile, is_kept, nearest, write_kept
from wardnews.store.locks import wait_for
from wardnews.store.recheck import exactly, next_try
from wardnews.store.tables import file_links, wanted_files
from wardnews.text.clock import timestamp

if TYPE_CHECKING:
    from wardnews.store.frontier import Frontier

TRIES = 3
"""How often a file is asked for in one run before it has failed."""
_LONGEST = 2_000
"""The longest address that is kept, as in `commit`."""
_READY = 64
_KEEPING = "keeping files"
"""The lock of who says which bytes he is about to keep, and of who deletes those that nobody has."""


@dataclass(slots=True)
class FileTask:
    """A file that is asked for now, and what is known of it from before."""

    number: int
    site: str
    url: str
    kind: str
    tries: int
    rounds: int
    cause: str | None
    etag: str | None
    last_modified: str | None


_TASK = tuple(wanted_files.c[name] for name in FileTask.__slots__)


class FileQueue:
    """The files of a run's portals.

    `kinds`: which files of each portal are kept, by its key; `may`: whether one may be asked for, by key and address.
    """

    def __init__(
        self, frontier: "Frontier", kinds: Mapping[str, Sequence[str]], may: Callable[[str, str], bool]
    ) -> None:
        self.frontier = frontier
        self.connection = frontier.connection
        self.kinds = kinds
        self.may = may
        self._ready: dict[str, deque[FileTask]] = {}
        self._under_way: set[int] = set()

    # --- what is wanted ---

    def begin(self, site: str, forget: Callable[[str], None], *, archive: str | None = None) -> None:
        """Put the files of a portal to do that are due to be tried again; in an archive all that it does not lack.

        `forget` is called with the SHA-256 of what a killed run may have written, though no row has it.
        """
        again = wanted_files.c.next_look <= exactly()
        if archive:
            lacking = wanted_files.c.cause != lacks(archive)
            again = sa.or_(wanted_files.c.state == "failed", sa.and_(wanted_files.c.state == "missing", lacking))
        due = (wanted_files.c.site == site, wanted_files.c.state != "todo", again)
        left = (wanted_files.c.site == site, wanted_files.c.keeping.is_not(None))
        with self.frontier.writing(site):
            self.connection.execute(wanted_files.update().where(*due).values(state="todo", tries=0))
            wait_for(self.connection, _KEEPING)
            for row in self.connection.execute(
                sa.select(wanted_files.c.number, wanted_files.c.keeping).where(*left)
            ).all():
                sha256, _, run = row.keeping.partition(" ")
                if self._is_left(sha256, run, row.number):
                    forget(sha256)

    def _is_left(self, sha256: str, run: str, number: int) -> bool:
        """Whether nobody keeps the bytes that a run, which has ended, was about to keep; it is not asked again."""
        if self.frontier.store.locks.is_held_elsewhere(f"run-{run}"):
            return False
        self.connection.execute(wanted_files.update().where(wanted_files.c.number == number).values(keeping=None))
        others = sa.exists().where(wanted_files.c.keeping.startswith(sha256))
        return not is_kept(self.connection, sha256) and not self.connection.scalar(sa.select(others))

    def want(self, article: Article) -> None:
        """Put the files of an article to do that were not asked for in this visit, in the article's transaction."""
        named = {file.url: kind for kind, file in _of_kinds(article, self.kinds[article.site])}
        fit = {url: kind for url, kind in named.items() if len(url) <= _LONGEST and self.may(article.site, url)}
        if not fit:
            return
        wait_for(self.connection, f"files-{article.site}")
        rows = [{"site": article.site, "url": url, "kind": kind, "state": "todo"} for url, kind in fit.items()]
        self.connection.execute(self.frontier.store.insert(wanted_files).on_conflict_do_nothing(), rows)
        same = (wanted_files.c.site == article.site, wanted_files.c.url.in_(list(fit)))
        if visit := self.frontier.visits.get(article.site):  # a file of the past is asked for once
            unasked = (wanted_files.c.state != "todo", wanted_files.c.asked_at < visit.began)
            self.connection.execute(wanted_files.update().where(*same, *unasked).values(state="todo", tries=0))
        numbers = self.connection.scalars(sa.select(wanted_files.c.number).where(*same)).all()
        links = [{"article": article.id, "file": number} for number in numbers]
        self.connection.execute(self.frontier.store.insert(file_links).on_conflict_do_nothing(), links)
        self._settle_article(article.id)

    def rechecked(self, name: str) -> None:
        """Put the files of an article to do that was found as it was, in its transaction."""
        if (article := self.frontier.versions.current(name)) and self.kinds[article.site]:
            self.want(article)

    def fill(self, article: Article) -> None:
        """Let an article that was read now say what is kept of its files already."""
        if self.kinds[article.site]:
            fill(self.connection, article, timestamp())

    def next_file(self, site: str) -> FileTask | None:
        """Return the next file of a portal; None where there is none left but those under way."""
        ready = self._ready.setdefault(site, deque())
        if not ready:
            query = sa.select(*_TASK).where(wanted_files.c.site == site, sa.text("state = 'todo'"))
            query = query.order_by(wanted_files.c.tries, wanted_files.c.number).limit(_READY + len(self._under_way))
            with self.connection.begin():
                rows = self.connection.execute(query).all()
            ready.extend(FileTask(*row) for row in rows if row.number not in self._under_way)
        if not ready:
            return None
        task = ready.popleft()
        self._under_way.add(task.number)
        return task

    # --- what came of it ---

    def keeping(self, task: FileTask, sha256: str) -> None:
        """Commit which bytes are about to be kept, so that the next run finds them where this one is killed."""
        with self.frontier.writing(task.site):
            wait_for(self.connection, _KEEPING)
            self._write(task, keeping=f"{sha256} {self.frontier.run}")

    def kept(self, task: FileTask, file: KeptFile, at: str) -> list[str]:
        """Commit that the bytes of a file are kept; return the changes of the articles that say so now."""
        with self.frontier.writing(task.site):
            write_kept(self.frontier.store, self.connection, task.url, file, at)
            self._done(task, "kept", cause=None, rounds=0, etag=task.etag, last_modified=task.last_modified)
            return self._settle(task)

    def unchanged(self, task: FileTask) -> list[str]:
        """Commit that a file is as it was."""
        with self.frontier.writing(task.site):
            if file := nearest(self.connection, task.url, timestamp()):
                write_kept(self.frontier.store, self.connection, task.url, file, timestamp())
            self._done(task, "kept", cause=None, rounds=0)
            return self._settle(task)

    def failed(self, task: FileTask, cause: str, *, retry: bool) -> tuple[bool, list[str]]:
        """Commit that a file could not be had; return whether that is new, and the changes of articles.

        One to `retry` is asked for again in this run, then in later ones; any other when an article is rechecked.
        """
        self._under_way.discard(task.number)
        with self.frontier.writing(task.site):
            if retry and task.tries + 1 < TRIES:
                self._write(task, tries=task.tries + 1, asked_at=exactly())
                return False, []
            later = next_try(task.rounds) if retry else None
            forgotten = {"etag": None, "last_modified": None}
            self._done(task, "failed", cause=cause, rounds=task.rounds + 1, next_look=later, **forgotten)
            return cause != task.cause, self._settle(task)

    def put_back(self, task: FileTask) -> None:
        """Leave a file to the next run."""
        self._under_way.discard(task.number)

    # --- files of the past ---

    def wanted(self, site: str) -> list[FileTask]:
        """Return the files of a portal that are to do."""
        query = sa.select(*_TASK).where(wanted_files.c.site == site, sa.text("state = 'todo'"))
        with self.connection.begin():
            return [FileTask(*row) for row in self.connection.execute(query.order_by(wanted_files.c.number))]

    def origin_of(self, task: FileTask) -> tuple[str, str]:
        """Return when an article that names a file was captured, and by what, as its `via` says."""
        query = sa.select(file_links.c.article).where(file_links.c.file == task.number).limit(1)
        with self.connection.begin():
            name = self.connection.scalar(query)
            article = self.frontier.versions.current(name) if name else None
        return (article.crawled_at, article.via) if article else (timestamp(), "")

    def captured(self, task: FileTask, file: KeptFile, at: str) -> None:
        """Commit that a capture of a file is kept; there may be more of them."""
        with self.frontier.writing(task.site):
            write_kept(self.frontier.store, self.connection, task.url, file, at)
            self._write(task, keeping=None)

    def finish(self, task: FileTask, cause: str | None) -> None:
        """Commit that an archive was asked for a file, and has it, or why it has not."""
        with self.frontier.writing(task.site):
            self._done(task, "missing" if cause else "kept", cause=cause)
            self._settle(task)

    # --- counts ---

    def left(self, site: str) -> int:
        """Return how many files of a portal are still to do."""
        todo = sa.select(sa.func.count()).where(wanted_files.c.site == site, sa.text("state = 'todo'"))
        with self.connection.begin():
            return self.connection.scalar(todo) or 0

    def _done(self, task: FileTask, state: str, **values: Any) -> None:
        self._under_way.discard(task.number)
        self._write(task, **{"next_look": None, **values}, state=state, tries=0, asked_at=exactly(), keeping=None)

    def _write(self, task: FileTask, **values: Any) -> None:
        self.connection.execute(wanted_files.update().where(wanted_files.c.number == task.number).values(values))

    # --- what records say ---

    def _settle(self, task: FileTask) -> list[str]:
        """Write the records of the articles that name a file and have none left to do; return their changes."""
        other = file_links.alias()
        todo = (
            sa.exists()
            .where(other.c.article == file_links.c.article, other.c.file == wanted_files.c.number)
            .where(sa.text("state = 'todo'"))
        )
        query = sa.select(file_links.c.article).where(file_links.c.file == task.number, ~todo)
        return [change for name in self.connection.scalars(query).all() if (change := self._filled(name))]

    def _settle_article(self, name: str) -> None:
        """Write the record of an article where none of its files is left to do."""
        left = sa.exists().where(
            file_links.c.article == name, file_links.c.file == wanted_files.c.number, sa.text("state = 'todo'")
        )
        if not self.connection.scalar(sa.select(left)):
            self._filled(name)

    def _filled(self, name: str) -> str | None:
        """Write the current record of an article with what is kept of its files; return its change, None for none."""
        before = self.frontier.versions.current(name)
        if before is None or before.change == GONE:
            return None
        article, now = deepcopy(before), timestamp()
        fill(self.connection, article, now if before.via == LIVE else before.crawled_at)
        if article == before:
            return None
        return self.frontier.versions.write_files(article, before, now)


def lacks(archive: str) -> str:
    """Return the cause of a file that an archive does not have."""
    return f"no capture in {archive}"


def fill(connection: sa.Connection, article: Article, at: str) -> None:
    """Let an article say what is kept of its files: what their addresses had nearest in time to a time, UTC."""
    for file in files_of(article):
        if kept := nearest(connection, file.url, at):
            file.media_type, file.sha256, file.bytes = kept.media_type, kept.sha256, kept.bytes


def _of_kinds(article: Article, kinds: Sequence[str]) -> Iterable[tuple[str, Any]]:
    for kind, files in ((IMAGE, article.images), (ATTACHMENT, article.attachments)):
        if kind in kinds:
            yield from ((kind, file) for file in files)
