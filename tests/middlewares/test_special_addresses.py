"""Each special-purpose range is refused before any connection, or asked where the public internet reaches it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from scrapy import Request, Spider
from scrapy.utils.test import get_crawler

from wardnews.middlewares.addresses import PrivateAddress, private_part
from wardnews.middlewares.hosts import PublicHosts
from wardnews.middlewares.special_addresses import RANGES, Range, is_public, range_of

CARRIERS = {"IPv4-mapped", "NAT64", "6to4", "IETF protocol assignments"}
"""Ranges whose addresses stand for IPv4 addresses, or hold narrower ranges."""


def refused(address: IPv4Address | IPv6Address) -> bool:
    """Whether a request for an address is refused; nothing is ever sent."""
    middleware = PublicHosts.from_crawler(get_crawler(Spider))
    middleware.crawler.spider = Spider("none")
    host = f"[{address}]" if address.version == 6 else address
    try:
        middleware.process_request(Request(f"http://{host}/"))
    except PrivateAddress:
        return True
    return False


@pytest.mark.parametrize("one", RANGES, ids=lambda one: f"{one.network}")
def test_a_range_is_refused_or_asked_as_the_registry_says(one: Range) -> None:
    ends = {one.network[0], one.network[-1], one.network[one.network.num_addresses // 2]}
    own = [address for address in ends if range_of(address) == one]
    print(f"{one.network!s:20} {'asked' if one.reachable else 'refused':8} {one.purpose}")  # noqa: T201 - `pytest -rP` shows the table
    assert own
    if one.purpose not in CARRIERS:
        assert {refused(address) for address in own} == {not one.reachable}
    assert {is_public(address) for address in own} == {one.reachable}


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("169.254.169.254", "169.254.169.254"),
        ("168.63.129.16", "168.63.129.16"),
        ("168.63.129.17", None),
        ("100.100.100.200", "100.100.100.200"),
        ("192.0.0.192", "192.0.0.192"),
        ("192.0.0.9", None),
        ("fd00:ec2::254", "fd00:ec2::254"),
        ("9.255.255.255", None),
        ("11.0.0.0", None),
        ("172.32.0.0", None),
        ("4000::1", "4000::1"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
        ("2002:a83f:8110::", "168.63.129.16"),
        ("2001:0:808:808::f5ff:fffe", "10.0.0.1"),
        ("::ffff:100.100.100.200", "100.100.100.200"),
        ("::ffff:0:10.0.0.1", "::ffff:0:a00:1"),
    ],
)
def test_what_clouds_and_tunnels_hide_is_seen(address: str, private: str | None) -> None:
    found = private_part(address)
    assert found == (ip_address(private) if private else None)
    assert refused(ip_address(address)) == bool(private)
