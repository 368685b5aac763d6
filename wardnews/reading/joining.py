"""Articles on several pages of which an archive has more than one: they are one article."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import datetime

from wardnews.archives.capture import DamagedRecord
from wardnews.layouts import CONTINUED, add_page
from wardnews.reading.capture import Portion, Reading
from wardnews.reading.parallel import Finished
from wardnews.reading.stages import measure


class Joiner:
    """The readings of pages that are one of several of an article, held until all are there."""

    def __init__(self) -> None:
        self._begun: list[Reading] = []
        self._later: dict[tuple[str, str], list[Reading]] = {}

    def holds(self, reading: Reading) -> bool:
        """Whether a reading is of one page of several: then it is held."""
        if reading.portion is None:
            return False
        if reading.article:
            self._begun.append(reading)
        else:
            self._later.setdefault((reading.site, reading.portion.url), []).append(reading)
        return True

    def joined(self) -> Iterator[Reading]:
        """Return all that was held: articles, joined of their pages as far as these were captured, then the pages."""
        for reading in self._begun:
            self._join(reading)
            yield reading
        for readings in self._later.values():
            yield from readings
        self._begun, self._later = [], {}

    def _join(self, reading: Reading) -> None:
        """Add to an article what the captures of its further pages hold that are nearest to it in time."""
        article, portion = reading.article, reading.portion
        assert article is not None  # noqa: S101 - so says `holds`
        assert portion is not None  # noqa: S101 - so says `holds`
        pages = [portion.whole] if portion.whole else list(portion.pages)
        joined: list[str] = []
        while url := next((url for url in pages if url not in joined), None):
            found = self._nearest(reading, url)
            if found is None:
                return measure(article)  # it goes on, as its flag says
            assert found.article is not None  # noqa: S101 - so says `holds`
            add_page(article, found.article, whole=url == portion.whole)
            joined.append(url)
            pages += [later for later in found.pages if later not in pages and not portion.whole]
        article.flags.remove(CONTINUED)
        return measure(article)

    def _nearest(self, reading: Reading, url: str) -> Portion | None:
        """Return the page at an address that is of the same article and was captured at nearly the same time."""
        found = [
            one
            for one in self._later.get((reading.site, url), [])
            if one.portion and one.portion.first in reading.keys and _begins_as(one.portion, reading)
        ]
        nearest = min(found, key=lambda one: abs(_seconds(one) - _seconds(reading)), default=None)
        if nearest is None:
            return None
        nearest.state, nearest.cause = "nothing", "a further page of an article"
        return nearest.portion


def _begins_as(portion: Portion, reading: Reading) -> bool:
    """Whether a page has the title of an article, which may go on with that of the page."""
    titles = [one.title if one else "" for one in (portion.article, reading.article)]
    return titles[0].startswith(titles[1])


def _seconds(reading: Reading) -> float:
    return datetime.fromisoformat(reading.timestamp).timestamp()


async def join_pages(
    readings: AsyncIterator[Reading | DamagedRecord | Finished],
) -> AsyncGenerator[Reading | DamagedRecord | Finished, None]:
    """Pass readings on, those of articles on several pages at the end, and after them the files that they are of."""
    joiner = Joiner()
    waiting: list[Finished] = []
    held = False
    async for one in readings:
        if isinstance(one, Reading) and joiner.holds(one):
            held = True
        elif isinstance(one, Finished) and held:
            waiting.append(one)
        else:
            yield one
    for reading in joiner.joined():
        yield reading
    for finished in waiting:
        yield finished
