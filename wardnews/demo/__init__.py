"""The two made-up portals of `wardnews demo`, on loopback: one of each generation of the ward portals of Hà Nội."""

from wardnews.demo.articles import PracticeArticle, make_articles
from wardnews.demo.server import PracticePortal
from wardnews.demo.web import Reply, Request

__all__ = ["PracticeArticle", "PracticePortal", "Reply", "Request", "make_articles"]
