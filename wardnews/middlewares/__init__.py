"""How we behave: politely to the portals, warily of what they send; one concern a module."""

from wardnews.middlewares.backoff import BackOff, Pause, back_off_of
from wardnews.middlewares.compression import Decompression
from wardnews.middlewares.groups import NotNow
from wardnews.middlewares.hosts import OwnHosts, ProxiedHosts, PublicHosts
from wardnews.middlewares.robots import Robots

__all__ = [
    "BackOff",
    "Decompression",
    "NotNow",
    "OwnHosts",
    "Pause",
    "ProxiedHosts",
    "PublicHosts",
    "Robots",
    "back_off_of",
]
