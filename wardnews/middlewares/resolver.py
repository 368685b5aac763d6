"""What names resolve to: never an address of a private network, unless a person typed the name."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from wardnews.middlewares.addresses import PrivateAddress, literal, private_part


class GuardedResolver(CachingThreadedResolver):
    """Refuse names that resolve to private addresses, in the moment of connecting: no second look-up can differ.

    Twisted hands literal addresses over as well: `PublicHosts` has judged those. A proxy of the environment is trusted.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.trusted = {urlsplit(url).hostname or "" for url in getproxies().values()}
        self.refused: dict[str, str] = {}

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Resolve a name; fail with DNSLookupError where `checked` refuses what it resolves to."""
        return super().getHostByName(name, timeout).addCallback(self.checked, name.lower())

    def checked(self, address: str, name: str) -> str:
        """Return an address; raise DNSLookupError, and remember why, where it is private."""
        private = None if name in self.trusted or literal(name) else private_part(address)
        if private is None:
            return address
        self.refused[name] = f"{name} resolves to the private address {private}"
        raise DNSLookupError(self.refused[name])  # Twisted tells its callers of no other error


def installed() -> GuardedResolver | None:
    """Return this process's resolver, where it is a guarded one."""
    from twisted.internet import reactor

    resolver = getattr(reactor, "resolver", None)
    return resolver if isinstance(resolver, GuardedResolver) else None


def trust(names: Iterable[str]) -> None:
    """Let names that a person typed resolve to private addresses: those of an intranet."""
    if resolver := installed():
        resolver.trusted.update(names)


def refusal(name: str) -> PrivateAddress | None:
    """Return why a name was refused, where it was."""
    resolver = installed()
    reason = resolver.refused.get(name.lower()) if resolver else None
    return PrivateAddress("{reason}", reason=reason) if reason else None
