"""Whether bytes are those that an archive says they are."""

import base64
import hashlib

_KNOWN = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})


def fits(claim: str, *candidates: bytes) -> bool:
    """Whether one of some byte strings has a digest such as `sha1:4KXR...` or, without a name, as of a CDX line.

    Digests are written in base32, hexadecimal or base64; what no known algorithm made is believed.

    >>> fits("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"")
    True
    >>> fits("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"more")
    False
    """
    name, colon, value = claim.strip().rpartition(":")
    algorithm = name.lower().replace("-", "") if colon else "sha1"
    if algorithm not in _KNOWN or not value:
        return True
    return any(_is(value, hashlib.new(algorithm, body, usedforsecurity=False).digest()) for body in candidates)


def of_nothing(claim: str) -> bool:
    """Whether a digest is that of no bytes at all."""
    return bool(claim) and fits(claim, b"") and not fits(claim, b"\0")


def _is(value: str, digest: bytes) -> bool:
    plain = value.rstrip("=")
    return (
        plain.upper() == base64.b32encode(digest).decode().rstrip("=")
        or plain.lower() == digest.hex()
        or (plain == base64.b64encode(digest).decode().rstrip("="))
    )
