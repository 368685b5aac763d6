"""Which addresses are of the public internet, whatever they are written as."""

import socket
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from scrapy.exceptions import IgnoreRequest

from wardnews.errors import WardnewsError
from wardnews.middlewares.special_addresses import is_public

_NAT64, _COMPATIBLE = IPv6Network("64:ff9b::/96"), IPv6Network("::/96")

Address = IPv4Address | IPv6Address


class PrivateAddress(WardnewsError, IgnoreRequest):
    """Raise where a host is, or resolves to, an address that is not of the public internet; never worth a retry."""


@lru_cache(maxsize=4096)
def literal(host: str) -> Address | None:
    """Read a host that is itself an address, in every form that the system's resolver takes for one; else give None.

    >>> literal("127.1"), literal("0x7f.0.0.1."), literal("localhost"), literal("phucloi.hanoi.gov.vn")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), None)
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return IPv6Address(name) if ":" in name else IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None


def private_part(address: Address | str) -> Address | None:
    """Return the address, or the IPv4 address that it carries, where that is not of the public internet.

    >>> private_part("10.0.0.1"), private_part("64:ff9b::a00:1"), private_part("8.8.8.8")
    (IPv4Address('10.0.0.1'), IPv4Address('10.0.0.1'), None)
    """
    address = ip_address(address)
    carried: list[Address] = list(_carried(address)) if isinstance(address, IPv6Address) else []
    return next((one for one in carried or [address] if not is_public(one)), None)


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Unpack what an IPv6 address stands for: mapped, compatible, NAT64, 6to4, and both ends of Teredo."""
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    elif address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
