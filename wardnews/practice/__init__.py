"""A practice portal on loopback that plays both generations of ward portals with made-up articles."""

from wardnews.practice.articles import PracticeArticle, make_articles
from wardnews.practice.server import PracticePortal
from wardnews.practice.web import Reply, Request

__all__ = ["PracticeArticle", "PracticePortal", "Reply", "Request", "make_articles"]
