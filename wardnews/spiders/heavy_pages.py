"""Pages that are too heavy to be read while other portals wait: processes beside read them for the spider."""

from collections.abc import AsyncIterator, Iterator

from scrapy import Request
from scrapy.http import Response

from wardnews.errors import UnreadablePage
from wardnews.items import Article
from wardnews.reading.beside import PageReaders, is_heavy
from wardnews.reading.opened import OpenedPage, Source
from wardnews.spiders.common import OWN_ERROR
from wardnews.store.frontier import Frontier
from wardnews.store.tasks import Task

_OPENED = "opened"
"""Under which the `meta` of a request holds what was read of its page, or why nothing was."""

Answer = Iterator[Article | Request]
AnyAnswer = Answer | AsyncIterator[Article | Request]


class HeavyPages:
    """Have heavy pages read beside."""

    def __init__(self, frontier: Frontier) -> None:
        self.frontier, self.readers = frontier, PageReaders()

    def read_first(self, response: Response, task: Task, source: Source, answer: Answer) -> AnyAnswer:
        """Return an answer that begins when the page of a response is read, where that is heavy."""
        return self._read(response, task, source, answer) if is_heavy(response.body) else answer

    async def _read(
        self, response: Response, task: Task, source: Source, answer: Answer
    ) -> AsyncIterator[Article | Request]:
        try:
            response.meta[_OPENED] = await self.readers.read(source, task.kind)
        except UnreadablePage as error:
            response.meta[_OPENED] = error
        except Exception:
            self.frontier.failed(task, OWN_ERROR, retry=False)
            raise
        for one in answer:
            yield one


def open_page(response: Response, source: Source) -> OpenedPage:
    """Open the page of a response, unless that was done beside; raise UnreadablePage where it cannot be opened."""
    beside = response.meta.pop(_OPENED, None)
    if isinstance(beside, UnreadablePage):
        raise beside
    return beside or OpenedPage.of(source)
