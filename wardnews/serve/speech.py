"""Which language a visitor is answered in, the one chosen on a page or else the browser's; how templates speak it."""

from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from wardnews.locale import LANGUAGES, SOURCE, _, day, language, ngettext, number, preferred

ARGUMENT = "lang"
"""The argument of any address, and the cookie, that name a language."""
_CHOSEN = "wardnews.language"
_YEAR = 365 * 24 * 3600
Scope = MutableMapping[str, Any]


def let_speak(environment: Any) -> None:
    """Let the templates of an environment of Jinja speak the language that is spoken."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(_, ngettext, newstyle=True)
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters |= {"number": number, "day": day}
    environment.globals |= {"language": language, "languages": LANGUAGES}


def query_columns() -> dict[str, str]:
    """Return what the columns of our own queries are called."""
    return {
        "published": _("published"), "title": _("title"), "portal": _("portal"), "section": _("section"),
        "ward": _("ward or commune"), "views": _("views"), "id": _("id"), "version": _("version"),
        "changed": _("what changed"), "found": _("found"), "seen_edited": _("seen edited"), "seen_gone": _("seen gone"),
    }  # fmt: skip


def language_of(scope: Scope) -> str:
    """Return the language that a request is answered in.

    Its argument `lang` is taken out of the scope, so that no page takes it for one of its own, and is remembered there.
    """
    query = scope.get("query_string", b"").decode("latin-1").split("&")
    chosen = [one.partition("=")[2] for one in query if one.partition("=")[0] == ARGUMENT]
    if chosen:
        scope["query_string"] = "&".join(one for one in query if one.partition("=")[0] != ARGUMENT).encode("latin-1")
        if chosen[-1] in LANGUAGES:
            scope[_CHOSEN] = chosen[-1]
    wanted = [scope.get(_CHOSEN), _cookie(_header(scope, b"cookie")), preferred(_header(scope, b"accept-language"))]
    return next((one for one in wanted if one), SOURCE)


def as_chosen(scope: Scope, path: str, query: str) -> str:
    """Return an address in the language that this request's own address names, if it names one."""
    return in_language(path, query, scope[_CHOSEN]) if _CHOSEN in scope else f"{path}?{query}" if query else path


def headers(scope: Scope, language: str) -> list[tuple[bytes, bytes]]:
    """Return what an answer says of its language; one that was chosen is kept by the browser for a year."""
    fields = [(b"content-language", language.encode()), (b"vary", b"Accept-Language, Cookie")]
    if _CHOSEN in scope:
        kept = f"{ARGUMENT}={scope[_CHOSEN]}; Path=/; Max-Age={_YEAR}; SameSite=Lax"
        fields.append((b"set-cookie", kept.encode()))
    return fields


def in_language(path: str, query: str, language: str) -> str:
    """Return the address of a page in a language.

    >>> in_language("/", "q=cho", "vi"), in_language("/portals", "", "en")
    ('/?q=cho&lang=vi', '/portals?lang=en')
    """
    return f"{path}?{query}{'&' if query else ''}{urlencode({ARGUMENT: language})}"


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value for name, value in scope["headers"] if name == wanted), b"").decode("latin-1")


def _cookie(said: str) -> str | None:
    try:
        kept = SimpleCookie(said).get(ARGUMENT)
    except CookieError:
        return None
    return kept.value if kept and kept.value in LANGUAGES else None
