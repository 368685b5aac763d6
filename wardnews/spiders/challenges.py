"""Whether an answer is a page of ours at all, or a gate that asks the visitor to prove to be a browser.

Two signs must agree, the gate's own mark and how little the page says: an article about captchas has text, a portal
that has a captcha in its comment form has news.
"""

import re

from scrapy.http import Response

_STUB = 4096
"""The size, in bytes, up to which a page may be nothing but the gate's script."""
_STUB_MARKS = (b"_Incapsula_Resource", b"ddos-guard", b"slowAES", b"challenges.cloudflare.com", b"_cf_chl_opt")
_SETS_COOKIE, _COMES_BACK = (
    re.compile(rb"document\.cookie\s*="),
    re.compile(rb"location\s*(?:\.reload|\.replace|\.href|=)"),
)
_GATES: dict[str, tuple[bytes, ...]] = {
    "just a moment": (b"_cf_chl_", b"challenge-platform", b"challenges.cloudflare.com"),
    "attention required! | cloudflare": (b"cf-error-details", b"cf-wrapper", b"/cdn-cgi/"),
    "checking your browser": (b"ddos-guard", b"cf-browser-verification", b"/cdn-cgi/", b"jschl"),
    "ddos-guard": (b"ddos-guard",),
    "please wait": (b"jschl", b"document.cookie", b"ddos-guard"),
    "verify you are human": (b"captcha", b"turnstile"),
    "are you a robot": (b"captcha", b"turnstile"),
    "xác minh": (b"captcha", b"turnstile"),
    "captcha": (b"captcha",),
}
"""How the title of a gate begins, and what one of its marks is."""
_TITLES = tuple(title.encode() for title in _GATES)
_SAYS_LITTLE = 1000
_SILENT = re.compile(
    rb"<(script|style|noscript|svg)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^>]*(?:>|\Z)", re.DOTALL | re.IGNORECASE
)
"""What no reader sees; what never ends goes to the end of the page, so that it is looked through once."""


def is_challenge(response: Response) -> bool:
    """Whether an answer, whatever its status, is a challenge page.

    The marks are those of Cloudflare (its header `cf-mitigated` is documented), Imperva, DDoS-Guard, of the cookie
    gate of Vietnamese hosts (`D1N`), and of captcha pages.
    """
    if response.headers.get("cf-mitigated") == b"challenge":
        return True
    body = response.body
    if len(body) <= _STUB and _is_stub(body):
        return True
    start = body.find(b"<title", 0, _STUB)
    if start < 0:
        return False
    title = body[body.find(b">", start) + 1 : start + 200].strip().lower()
    if not title.startswith(_TITLES):
        return False
    said = next(marks for name, marks in _GATES.items() if title.startswith(name.encode()))
    return any(mark in body for mark in said) and _says(body) <= _SAYS_LITTLE


def _is_stub(body: bytes) -> bool:
    gate = any(mark in body for mark in _STUB_MARKS)
    return (gate or bool(_SETS_COOKIE.search(body) and _COMES_BACK.search(body))) and _says(body) <= _SAYS_LITTLE / 3


def _says(body: bytes) -> int:
    """Return the number of bytes of text that a reader sees, the title's among them."""
    return len(b" ".join(_SILENT.sub(b" ", body).split()))
