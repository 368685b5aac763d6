"""Where things stand on a page: one module a CMS family; a layout is chosen by what the page is, never by its host."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from wardnews.errors import UnreadablePage
from wardnews.layouts import families
from wardnews.layouts.article import CONTINUED, add_page
from wardnews.layouts.generic import anyportal
from wardnews.layouts.layout import FIELDS, NO_ADDRESS, Entry, Layout, Listing
from wardnews.layouts.page import Fetch, Found, Page, Parts, parse
from wardnews.layouts.pagers import declared_total, first_page
from wardnews.layouts.selectors import is_selector
from wardnews.locale import Phrase
from wardnews.plugins import broken, plugin, plugins

__all__ = [
    "ANYPORTAL",
    "CONTINUED",
    "FIELDS",
    "LAYOUTS",
    "NO_ADDRESS",
    "Entry",
    "Fetch",
    "Found",
    "Layout",
    "Listing",
    "Page",
    "Parts",
    "UnreadablePage",
    "add_page",
    "declared_total",
    "first_page",
    "is_selector",
    "parse",
    "recognise",
]

ANYPORTAL = anyportal.LAYOUT.name
_FAMILIES: list[Layout] = [
    import_module(f"{families.__name__}.{module.name}").LAYOUT for module in iter_modules(families.__path__)
]


def _of_plugin(name: str) -> Layout:
    """Return the layout that a plug-in brings; raise PluginError where it is none, or has another one's name."""
    layout = plugin("layouts", name)
    if not isinstance(layout, Layout) or layout.name != name:
        found = " ".join(f"{layout!r:.60}".split())
        cause = Phrase("expected a Layout whose name is {name!r}, found {found}", name=name, found=found)
        raise broken("layouts", name, cause)
    if name in {ANYPORTAL, *(one.name for one in _FAMILIES)}:
        raise broken("layouts", name, Phrase("wardnews has a layout of this name"))
    return layout


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        *map(_of_plugin, plugins("layouts")),
        *sorted(_FAMILIES, key=lambda one: (not one.made_on, one.name)),
        anyportal.LAYOUT,
    )
}
"""The layouts by name, in the order in which they are tried: plug-ins, modules of `families/`, the generic reader."""


def recognise(page: Page, name: str | None = None, selectors: Mapping[str, str] | None = None) -> Layout:
    """Return the layout of a page by what the page is, or take the one named; a portal's own `selectors` go first.

    Raises UnreadablePage for a page of no known family without any text.
    """
    layout = (
        LAYOUTS[name]
        if name
        else _by_generator(page) or next((one for one in LAYOUTS.values() if one.fits(page)), anyportal.LAYOUT)
    )
    if layout.name == ANYPORTAL and not _has_text(page):
        raise UnreadablePage("empty page")
    return layout.with_selectors(selectors) if selectors else layout


def _by_generator(page: Page) -> Layout | None:
    """Return the layout of the system that a page says made it: the quickest way where there is one."""
    made_by = (page.words(("meta[name='generator' i]@content",)) or "").lower()
    named = (layout for layout in LAYOUTS.values() if layout.generator and made_by.startswith(layout.generator))
    return next((layout for layout in named if layout.fits(page)), None) if made_by else None


def _has_text(page: Page) -> bool:
    """Whether there is any text on a page."""
    body = page.tree.body
    return body is not None and any((node.text_content or "").strip() for node in body.traverse(include_text=True))
