"""Where an article stands on a page of any make, read from the line that dates it.

The line that says when an article was published is the one thing that all portals print. The title stands by it, the
section above, the body below, up to what ends an article: related news, tags, comments, the footer. No class names
and no list of sites are needed; where a page has telling names or metadata for machines, they count as evidence.
"""

import re

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyFinder, BodyLines, innermost_shared
from wardnews.layouts.generic.breadcrumb import find_in_breadcrumb, may_be_section
from wardnews.layouts.generic.candidates import rank_choices
from wardnews.layouts.generic.credits import find_credits
from wardnews.layouts.generic.lead import find_lead
from wardnews.layouts.generic.metadata import Head
from wardnews.layouts.generic.no_article import is_no_article
from wardnews.layouts.generic.phrases import (
    GENERIC,
    fold,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.section import find_sections
from wardnews.layouts.generic.views import find_views
from wardnews.layouts.page import EMBEDDED, PICTURES, Found, Page, Parts
from wardnews.layouts.parts.documents import document_of
from wardnews.text.clock import now
from wardnews.text.header import parse_count, parse_header


def locate(page: Page, known: Parts | None = None) -> Parts | None:
    """Find where the parts of the article stand, besides those that are `known`; None where the page holds none."""
    parts = known or Parts()
    reader = page.once(Reader)
    title = reader.place_of(parts.found.get("title"))
    date_line = reader.date_line_of(parts.found.get("header"))
    choices = rank_choices(reader, title, date_line)
    if parts.body is not None and "title" in parts.found and ("header" in parts.found or "published" in parts.found):
        choices = choices[:1]
    for choice in choices[: weights.MOST_TRIED]:
        if choice.score < weights.ENOUGH:
            break
        timed = reader.with_time(choice)
        finder = BodyFinder(reader, timed)
        body = finder.find() if parts.body is None else None
        if parts.body is None and not (body and _is_enough(page, body, timed) and not finder.has_menu_above(body)):
            continue
        if body and is_no_article(reader, timed, body):
            if reader.head.match(reader.folded[choice.title])[0] >= weights.SURE_MATCH:  # what the page is made for
                return None
            continue
        _fill(parts, reader, timed, choices, body, finder)
        return parts
    return None


def _is_enough(page: Page, body: BodyLines, choice: Choice) -> bool:
    """Whether a body holds text; where title and date are sure, a picture or a document will do."""
    text = sum(line.own for line in body.kept)
    if text >= weights.LEAST_TEXT or choice.score < weights.ENOUGH_WITHOUT_TEXT:
        return text >= weights.LEAST_TEXT
    shown = any(line.picture is not None for line in body.kept)
    return text > 0 or shown or any(document_of(page, link) for line in body.kept for link in line.links)


def _fill(
    parts: Parts, reader: Reader, choice: Choice, choices: list[Choice], body: BodyLines | None, finder: BodyFinder
) -> None:
    """Fill in the parts that are not known yet."""
    lines = reader.lines
    title = " ".join(lines[at].words for at in reader.title_lines(choice.title))
    parts.found.setdefault("title", Found(title, None, choice.rule))
    won = parts.words("title")  # not asked of the parts later: they hold the question
    parts.rivals["title"] = lambda: _unique(
        [Found(lines[one.title].words, None, one.rule) for one in choices if one.title != choice.title], won
    )
    _fill_header(parts, reader, choice, choices)
    exact = _exact(choice, reader.head)
    if exact:
        parts.found.setdefault("published", exact)
    if "section" not in parts.found:
        _fill_section(parts, reader, choice)
    if "views" not in parts.found and (choice.date_line is None or choice.date_line.header.views is None):
        _fill_views(parts, find_views(reader, choice, body))
    if body:
        _fill_body(parts, reader, body, finder)
        for name, found in find_credits(reader, choice, body).items():
            parts.found.setdefault(name, found)


def _fill_header(parts: Parts, reader: Reader, choice: Choice, choices: list[Choice]) -> None:
    """Fill in the header line; a doubt where another date is nearly as good."""
    chosen = choice.date_line
    if chosen:
        parts.found.setdefault("header", Found(chosen.words, None, "the line that dates the article, by its title"))
        rivals = [one for one in choices if one.title == choice.title and one.score > choice.score - weights.DOUBT]
        dates = {
            one.date_line.header.published for one in rivals if one.date_line and one.date_line.first != chosen.first
        }
        if dates - {chosen.header.published}:
            parts.flags.append("date_doubtful")
    won = parts.words("header")
    parts.rivals["header"] = lambda: _unique(
        [
            Found(date_line.words, None, "a date of a list" if date_line.listed else "a date elsewhere on the page")
            for date_line in reader.date_lines
            if chosen is None or date_line.first != chosen.first
        ],
        won,
    )


def _fill_section(parts: Parts, reader: Reader, choice: Choice) -> None:
    """Fill in the section; a doubt where the breadcrumb says another."""
    crumb = find_in_breadcrumb(reader, choice)
    section = next(find_sections(reader, choice, crumb), None)
    if section is None:
        return
    parts.found["section"] = section
    parts.rivals["section"] = lambda: _unique([*find_sections(reader, choice, crumb)][1:], section.words)
    shown = fold(crumb.words) if crumb and crumb is not section and may_be_section(crumb.words) else ""
    if shown and shown != fold(section.words) and not GENERIC.fullmatch(shown):
        parts.flags.append("section_doubtful")


def _fill_views(parts: Parts, counts: list[Found]) -> None:
    """Fill in the count of views; a doubt where there are several."""
    if not counts:
        return
    parts.found["views"] = counts[0]
    parts.rivals["views"] = lambda: _unique(counts[1:], counts[0].words)
    if len({parse_count(one.words) for one in counts}) > 1:
        parts.flags.append("views_doubtful")


def _exact(choice: Choice, head: Head) -> Found | None:
    """Choose the date for machines: that of the header line, unless the head knows better.

    So it does where the line's claims UTC, or is a day whose time the head gives.
    """
    own = choice.date_line.exact if choice.date_line else None
    if own is None or head.published is None:
        return own or head.published
    exact = parse_header(head.published.words, now()).published or ""
    timed = own.words.strip() == exact[:10] != exact
    local = _LOCAL.search(head.published.words) and not _LOCAL.search(own.words)
    return head.published if timed or local else own


_LOCAL = re.compile(r"\+07:?00$")


def _fill_body(parts: Parts, reader: Reader, body: BodyLines, finder: BodyFinder) -> None:
    lead = [] if "lead" in parts.found else find_lead(reader, body, finder)
    if lead:
        parts.found["lead"] = Found(" ".join(line.words for line in lead), None, "the summary above the body")
    own = [line for line in body.kept if line not in lead]
    chains = [finder.chain(line) for line in own] or [finder.chain(line) for line in body.kept]
    root = innermost_shared(chains)
    node = (own or body.kept)[0].block
    while (node.mem_id != root or node.tag in (*PICTURES, *EMBEDDED)) and node.parent is not None:
        node = node.parent
    kept = {line.place for line in own}
    parts.body = node
    parts.skipped |= reader.passed
    parts.body_rule = f"the text below the title, up to {body.ended_by}"
    parts.skipped.update(*(line.leaves for line in reader.lines if line.place not in kept))


def _unique(found: list[Found], winner: str | None) -> list[Found]:
    """Drop candidates that say the same as the winner or one another."""
    kept: dict[str, Found] = {}
    for one in found:
        if fold(one.words) != fold(winner or ""):
            kept.setdefault(fold(one.words), one)
    return list(kept.values())[:5]
