"""Test doubles on loopback: made-up portals of every CMS family, and archives over their history."""

from tests.doubles.archives import PracticeArchives, RateLimit, Trouble
from tests.doubles.cms import FamilyArticle
from tests.doubles.families import FAMILIES, Family, PracticeFamilies
from tests.doubles.history import History, Recorded, Sighting, make_history

__all__ = [
    "FAMILIES",
    "Family",
    "FamilyArticle",
    "History",
    "PracticeArchives",
    "PracticeFamilies",
    "RateLimit",
    "Recorded",
    "Sighting",
    "Trouble",
    "make_history",
]
