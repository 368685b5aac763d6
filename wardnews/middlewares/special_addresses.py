"""Special-purpose ranges of addresses, and whether the public internet reaches them.

The ranges are those of IANA's registries "IPv4 Special-Purpose Address" and "IPv6 Special-Purpose Address" with their
column "Globally Reachable", as of 2026; multicast, and what clouds answer at on public addresses, stand below them. The
standard library has such a list too, another one in each of its releases.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple


class Range(NamedTuple):
    """A range of addresses, what it is for, and whether the public internet reaches it."""

    network: IPv4Network | IPv6Network
    purpose: str
    reachable: bool = False


def _range(network: str, purpose: str, *, reachable: bool = False) -> Range:
    return Range(ip_network(network), purpose, reachable)


RANGES = (
    _range("0.0.0.0/8", "this network"),
    _range("10.0.0.0/8", "private use"),
    _range("100.64.0.0/10", "shared address space"),
    _range("127.0.0.0/8", "loopback"),
    _range("169.254.0.0/16", "link local"),
    _range("172.16.0.0/12", "private use"),
    _range("192.0.0.0/24", "IETF protocol assignments"),
    _range("192.0.0.9/32", "port control protocol anycast", reachable=True),
    _range("192.0.0.10/32", "TURN anycast", reachable=True),
    _range("192.0.2.0/24", "documentation"),
    _range("192.31.196.0/24", "AS112", reachable=True),
    _range("192.52.193.0/24", "AMT", reachable=True),
    _range("192.88.99.0/24", "6to4 relay anycast, ended"),
    _range("192.168.0.0/16", "private use"),
    _range("192.175.48.0/24", "AS112", reachable=True),
    _range("198.18.0.0/15", "benchmarking"),
    _range("198.51.100.0/24", "documentation"),
    _range("203.0.113.0/24", "documentation"),
    _range("240.0.0.0/4", "reserved and limited broadcast"),
    _range("::/128", "unspecified"),
    _range("::1/128", "loopback"),
    _range("::ffff:0:0/96", "IPv4-mapped"),
    _range("64:ff9b::/96", "NAT64", reachable=True),
    _range("64:ff9b:1::/48", "NAT64 of a local network"),
    _range("100::/64", "discard only"),
    _range("100:0:0:1::/64", "dummy prefix"),
    _range("2001::/23", "IETF protocol assignments"),
    _range("2001:1::1/128", "port control protocol anycast", reachable=True),
    _range("2001:1::2/128", "TURN anycast", reachable=True),
    _range("2001:1::3/128", "DNS-SD anycast", reachable=True),
    _range("2001:3::/32", "AMT", reachable=True),
    _range("2001:4:112::/48", "AS112", reachable=True),
    _range("2001:20::/28", "ORCHIDv2", reachable=True),
    _range("2001:30::/28", "remote ID of drones", reachable=True),
    _range("2001:db8::/32", "documentation"),
    _range("2002::/16", "6to4"),
    _range("2620:4f:8000::/48", "AS112", reachable=True),
    _range("3fff::/20", "documentation"),
    _range("5f00::/16", "segment routing"),
    _range("fc00::/7", "unique local"),
    _range("fe80::/10", "link local"),
    # beyond the registries
    _range("224.0.0.0/4", "multicast"),
    _range("ff00::/8", "multicast"),
    _range("fec0::/10", "site local, ended"),
    _range("168.63.129.16/32", "wire server of Azure"),
)
_UNICAST = IPv6Network("2000::/3")
"""All that IANA has given out of IPv6, but for the ranges above."""


@lru_cache(maxsize=4096)
def range_of(address: IPv4Address | IPv6Address) -> Range | None:
    """Return the narrowest special-purpose range that an address is in; None for a usual address."""
    inside = [one for one in RANGES if address.version == one.network.version and address in one.network]
    return max(inside, key=lambda one: one.network.prefixlen, default=None)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the public internet reaches an address.

    >>> is_public(IPv4Address("192.0.0.9")), is_public(IPv4Address("192.0.0.192")), is_public(IPv6Address("4000::1"))
    (True, False, False)
    """
    special = range_of(address)
    if special:
        return special.reachable
    return isinstance(address, IPv4Address) or address in _UNICAST
