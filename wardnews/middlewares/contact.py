"""How we introduce ourselves to the people whose portals we read."""

import re
from collections.abc import Iterable

from wardnews.errors import SitesError
from wardnews.middlewares.addresses import literal
from wardnews.middlewares.hosts import host_of
from wardnews.sites import Site, is_web

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_FIT_FOR_A_COMMENT = re.compile(r"[!-~]+")


def user_agent(version: str, contact: str) -> str:
    """Name the project and, where there is one, whom to ask about it.

    Raises SitesError for a contact that is neither an e-mail address nor an http or https address.
    >>> user_agent("1.0", "luutru@example.org")
    'wardnews/1.0 (archive of local government news; +luutru@example.org)'
    """
    if contact and not _is_contact(contact):
        raise SitesError(
            "WARDNEWS_CONTACT={contact!r}: expected an e-mail address or a web address where people find "
            'you, such as "archive@example.org" or "https://example.org/archive"',
            contact=contact,
        )
    return f"wardnews/{version} (archive of local government news{f'; +{contact}' if contact else ''})"


def _is_contact(contact: str) -> bool:
    plain = _FIT_FOR_A_COMMENT.fullmatch(contact) and not set(contact) & set("()\\")
    return bool(plain and (_MAIL.fullmatch(contact) or is_web(contact)))


def needs_contact(sites: Iterable[Site], contact: str) -> bool:
    """Whether a run asks other people's servers, any not on loopback, and does not say who asks."""
    return not contact and any(not _is_loopback(site) for site in sites)


def _is_loopback(site: Site) -> bool:
    address = literal(host_of(site.url)[0])
    return bool(address and address.is_loopback)
