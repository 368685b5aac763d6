"""Practice portals on loopback with made-up articles: both generations of ward portals, and every other CMS family."""

from wardnews.practice.archives import PracticeArchives, RateLimit, Trouble
from wardnews.practice.articles import PracticeArticle, make_articles
from wardnews.practice.cms import FamilyArticle
from wardnews.practice.families import FAMILIES, Family, PracticeFamilies
from wardnews.practice.history import History, Recorded, Sighting, make_history
from wardnews.practice.server import PracticePortal
from wardnews.practice.web import Reply, Request

__all__ = [
    "FAMILIES",
    "Family",
    "FamilyArticle",
    "History",
    "PracticeArchives",
    "PracticeArticle",
    "PracticeFamilies",
    "PracticePortal",
    "RateLimit",
    "Recorded",
    "Reply",
    "Request",
    "Sighting",
    "Trouble",
    "make_articles",
    "make_history",
]
