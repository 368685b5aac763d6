"""Practice portals on loopback with made-up articles: both generations of ward portals, and every other CMS family."""

from wardnews.practice.articles import PracticeArticle, make_articles
from wardnews.practice.cms import FamilyArticle
from wardnews.practice.families import FAMILIES, Family, PracticeFamilies
from wardnews.practice.server import PracticePortal
from wardnews.practice.web import Reply, Request

__all__ = [
    "FAMILIES",
    "Family",
    "FamilyArticle",
    "PracticeArticle",
    "PracticeFamilies",
    "PracticePortal",
    "Reply",
    "Request",
    "make_articles",
]
