"""The section of an article, by what stands around it."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.breadcrumb import is_title, may_be_section, steps_in
from wardnews.layouts.generic.metadata import SEPARATOR_IN_TITLE
from wardnews.layouts.generic.page_view import names_of, shape
from wardnews.layouts.generic.phrases import (
    DATED,
    END,
    GENERIC,
    HOME,
    LABELLED_SECTION,
    LONGEST_TITLE,
    OFFICE,
    PORTAL,
    SENTENCE,
    SEPARATOR,
    TOOL,
    fold,
    kind,
)
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, words_of
from wardnews.text.header import is_part_of_header
from wardnews.text.strings import tidy


def find_sections(reader: Reader, choice: Choice, crumb: Found | None) -> Iterator[Found]:
    """Return what may be the section, the best first; `crumb` is what the breadcrumb names."""
    return (one for one in _ranked(reader, choice, crumb) if one and may_be_section(one.words))


def _ranked(reader: Reader, choice: Choice, crumb: Found | None) -> Iterator[Found | None]:
    yield _labelled_section(reader, choice)
    generic = crumb is not None and GENERIC.fullmatch(fold(crumb.words)) is not None
    if not generic:
        yield crumb
    title = reader.folded[choice.title]
    kickers = (one for one in _kickers(reader, choice) if one.words.strip() and not is_title(fold(one.words), title))
    if crumb and generic:
        named = list(kickers)
        telling = next((one for one in named if not GENERIC.fullmatch(fold(one.words))), None)
        yield telling or crumb
        kickers = (one for one in (telling and crumb, *named) if one and one is not telling)
    site = {reader.head.site, *SEPARATOR_IN_TITLE.split(reader.head.title)[-1:]}
    yield from (one for one in kickers if not (OFFICE.match(fold(one.words)) and fold(one.words) in site))
    yield reader.head.section
    yield _in_title(reader, choice)


def _in_title(reader: Reader, choice: Choice) -> Found | None:
    """Return the section out of `<title>`: title - section - portal."""
    parts = [part for part in _TITLE_PARTS.split(tidy(reader.head.written)) if part.strip()]
    if len(parts) == 3 and is_title(fold(parts[0]), reader.folded[choice.title]):  # noqa: PLR2004
        return Found(parts[1].strip(), None, "the middle of <title>")
    return None


_TITLE_PARTS = re.compile(r"\s+[-–—|•·»]\s+|\s*[|»]\s*")


def _kickers(reader: Reader, choice: Choice) -> Iterator[Found]:
    """Return the line right above the article, and the links beside its header line, that may name the section."""
    yield from _named_with_date(choice)
    yield from _names_above(reader, choice)
    yield from _links_beside(reader, choice)
    tagged = [node for node, attributes in reader.page.marked if _TAG in (attributes.get("rel") or "").split()]
    if 0 < len(tagged) <= weights.MOST_CATEGORIES:
        yield Found(words_of(tagged[0]), tagged[0], "the link that is marked as the category")


_TAG = "category"
_SIGNATURE = re.compile(r"(?:ban biên tập|bbt|admin|theo|nguồn|tác giả|người|bởi|by|đăng|posted)\b", re.IGNORECASE)
_APART = re.compile(r"\s+[/•·–—-]\s+|\s*\|\s*")


def _named_with_date(choice: Choice) -> Iterator[Found]:
    """Return the name that stands beside the date in a header line above the title, set apart by a mark."""
    date_line = choice.date_line
    if date_line is None or date_line.last > choice.title:
        return
    for words in _APART.split(date_line.words):
        dated = is_part_of_header(words) or any(map(str.isdigit, words))
        if len(words) > weights.SHORTEST_NAME and not dated and not _SIGNATURE.match(words):
            yield Found(words, None, "the name beside the date above the title")
            return


def _names_above(reader: Reader, choice: Choice) -> list[Found]:
    """Return what may name the section in the lines right above the article, the surest first."""
    found: list[Found] = []
    dated = range(choice.date_line.first, choice.date_line.last + 1) if choice.date_line else ()
    words = (line for line in reversed(reader.lines[: choice.title]) if line.words and line.place not in dated)
    above = (line for line in words if kind(reader.folded[line.place]) != TOOL)
    for line in islice(above, weights.KICKERS):
        if DATED.search(line.words) and not reader.leads_away(line):  # a clock
            continue
        steps = steps_in([line])
        if not steps or _is_no_kicker(reader, line, steps):
            break
        alone = len(line.links) <= 1 or len(steps) == len(line.links)
        if not alone or _in_row_of_links(reader, line):
            if found:  # what stands above a menu is of the menu
                break
            continue
        named = Found(steps[-1], None, "the line above the title")
        telling = line.level or line.bold >= weights.WHOLLY * len(line.words) or _CATEGORY.search(names_of(line.block))
        if telling or reader.count_links(fold(steps[-1])):
            return [named, *found]
        found = found or [named]
    return found


def _is_no_kicker(reader: Reader, line: Line, steps: list[str]) -> bool:
    """Whether a line above an article is of something else: a menu, a date, a breadcrumb, the portal's name."""
    if len(line.words) > SENTENCE or line.zone in ("nav", "footer", "aside", "form") or line.block.tag == "figcaption":
        return True
    if (len(steps) == 1 and reader.is_headline(line, weights.LONGEST_KICKER_LINK)) or _LANGUAGE.fullmatch(
        reader.folded[line.place]
    ):
        return True
    if any(_is_root(reader.page.link(link.attributes.get("href"))) for link in line.links):
        return True
    words = reader.folded[line.place]
    if is_part_of_header(line.words) or kind(words) == END or line.words.rstrip()[-1:] in ".!?…":
        return True
    if words.count(" ") > 1 and OFFICE.match(words) and _is_below_root(reader, line):
        return True
    return bool(PORTAL.search(words)) or any(HOME.fullmatch(fold(step)) for step in steps)


def _is_below_root(reader: Reader, line: Line) -> bool:
    """Whether the line above leads to the home page: below it stands whose portal this is."""
    before = reader.neighbour(line.place, -1)
    return before is not None and any(_is_root(reader.page.link(link.attributes.get("href"))) for link in before.links)


_LANGUAGE = re.compile("(?:tiếng )?(?:anh|việt)|english|vietnamese|vie?|eng?")


def _links_beside(reader: Reader, choice: Choice) -> Iterator[Found]:
    """Return the links below the title, and in the header line, that may lead to the section."""
    near = reader.lines[choice.title + 1 : choice.title + 1 + weights.SECTION_BELOW]
    date_line = choice.date_line
    if date_line:
        near += reader.lines[date_line.first : date_line.last + 2]
    for line in near:
        if len(line.words) > LONGEST_TITLE:  # a text that has links in it
            continue
        dated = date_line is not None and date_line.first <= line.place <= date_line.last
        for link in line.links:
            words = words_of(link)
            if not weights.SHORTEST_NAME < len(words) <= SENTENCE or not reader.other_page(link):
                continue
            if _SIGNED.search(line.words.partition(words)[0]):
                continue
            named = _is_of_category(link, line)
            if named or (dated and (reader.count_links(fold(words)) > 1 or _is_apart(link, line))):
                yield Found(words, None, "the link to the section beside the header line")


_SIGNED = re.compile(r"(?:\bbởi|\bby|tác giả|người (?:đăng|gửi|viết)|posted)\b[^|]*$", re.IGNORECASE)


def _is_apart(link: LexborNode, line: Line) -> bool:
    """Whether a link stands behind the date, set apart by a bar, and leads to no single thing: its address is plain."""
    before = line.words.partition(words_of(link))[0]
    path = urlsplit(link.attributes.get("href") or "").path.strip("/")
    plain = path.count("/") < 2 and not any(map(str.isdigit, path)) and not _OF_PERSON.search(path)  # noqa: PLR2004
    return plain and before.rstrip().endswith("|")


_OF_PERSON = re.compile("author|tac-?gia|user|member|thanh-vien", re.IGNORECASE)


def _is_of_category(link: LexborNode, line: Line) -> bool:
    """Whether a link is named as one to a category."""
    named = _CATEGORY.search(names_of(link)) or _CATEGORY.search(names_of(line.block))
    return bool(named) or "category" in (link.attributes.get("rel") or "")


def _is_root(url: str | None) -> bool:
    return bool(url) and urlsplit(url or "").path in ("", "/")


def _in_row_of_links(reader: Reader, line: Line) -> bool:
    """Whether a line is one of a menu's: a link beside it of the same make, and neither in the section of the other."""
    if not line.links:
        return False
    make = shape(line.block)
    before, after = (reader.neighbour(line.place, step) for step in (-1, 1))
    if after is not None and after.links and shape(after.block) == make and not _path(after).startswith(_path(line)):
        return True
    if before is None or not before.links or shape(before.block) != make:
        return False
    return not _path(line).startswith(f"{_path(before) or '/'}/")  # a section of the one before it


_ENDING = re.compile(r"(?:\.\w+)?/?$")


def _path(line: Line) -> str:
    """Return the path that the first link of a line leads to, without the ending of a file."""
    return _ENDING.sub("", urlsplit(line.links[0].attributes.get("href") or "").path)


_CATEGORY = re.compile(
    r"categor|(?:^|[\s_-])cat(?:$|[\s_-])|chuyen-?muc|section|kicker|the-?loai|danh-?muc|folder|topic", re.IGNORECASE
)


def _labelled_section(reader: Reader, choice: Choice) -> Found | None:
    last = max(choice.title, choice.date_line.last if choice.date_line else 0)
    for line in reader.lines[max(0, choice.title - weights.LABELLED_ABOVE) : last + 1 + weights.LABELLED_BELOW]:
        if _SECTION_LABEL.fullmatch(reader.folded[line.place]):
            following = reader.neighbour(line.place, 1)
            if following is not None and weights.SHORTEST_NAME < len(following.words) <= SENTENCE:
                return Found(following.words, None, "the line below “" + line.words + "”")
        match = LABELLED_SECTION.fullmatch(tidy(line.words))
        if match and len(line.words) <= 2 * SENTENCE:
            name = words_of(line.links[0]) if line.links else SEPARATOR.split(match["name"])[0]
            return Found(name, None, "the line that names the section")
    return None


_SECTION_LABEL = re.compile("chuyên mục|thuộc chuyên mục|danh mục|thể loại|nhóm tin|category")
