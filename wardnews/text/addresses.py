"""Addresses as strangers write them."""

from urllib.parse import urljoin


def resolve(base: str, address: str) -> str | None:
    """Return where a link or a `Location` leads; None where that is no address.

    >>> resolve("http://a.example/tin", "/1"), resolve("http://a.example/tin", "http://[broken")
    ('http://a.example/1', None)
    """
    try:
        return urljoin(base, address)
    except ValueError:
        return None
