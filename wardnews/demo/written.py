"""All hand-written articles, the generations in turn, so that any few of them are of both."""

from wardnews.demo.written_liferay import LIFERAY
from wardnews.demo.written_newszone import NEWSZONE

WRITTEN = tuple(article for pair in zip(LIFERAY, NEWSZONE, strict=True) for article in pair)
