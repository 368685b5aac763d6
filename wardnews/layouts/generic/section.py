"""What stands around an article: its section, its count of views, its lead."""

import re
from collections.abc import Iterator
from itertools import dropwhile, groupby, islice
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyFinder, BodyLines, innermost_shared
from wardnews.layouts.generic.datelines import Choice, Reader, names_of, shape, stands_by_eye
from wardnews.layouts.generic.metadata import SEPARATOR_IN_TITLE
from wardnews.layouts.generic.phrases import (
    COUNTERS,
    DATED,
    END,
    GENERIC,
    HOME,
    LABELLED_SECTION,
    LEADS,
    LONGEST_TITLE,
    MAY_BE_HOME,
    NO_ARTICLE,
    NUMBER_ALONE,
    OFFICE,
    PORTAL,
    SENTENCE,
    SEPARATOR,
    TOOL,
    fold,
    kind,
)
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, is_silent, words_of
from wardnews.text.clock import now
from wardnews.text.header import is_part_of_header, parse_count, parse_header
from wardnews.text.header_forms import VIEW_LABEL
from wardnews.text.strings import squeeze, tidy

_MARKED_CRUMBS = "[itemtype*='BreadcrumbList'], [aria-label*='breadcrumb' i]"


def _crumbs(reader: Reader, choice: Choice) -> Found | None:
    """Read the last step of the breadcrumb that is not the article itself."""
    title = choice.title
    for nodes in _crumb_rows(reader.crumbs or reader.page.tree.css(_MARKED_CRUMBS)):
        steps = _split_steps([part for node in nodes for part in _pieces(node) if len(part) <= LONGEST_TITLE])
        if named := _last_step(reader, steps, title, sure=True):
            return Found(named, nodes[0], "the last step of the breadcrumb")
    tops = (title, choice.moment.first if choice.moment else title)
    for place in range(title - 1, max(-1, title - weights.CRUMBS_ABOVE), -1):
        line = reader.lines[place]
        if not MAY_BE_HOME.search(line.words.lower()) or not any(
            HOME.fullmatch(fold(step)) for step in steps_in([line])[:2]
        ):
            continue
        siblings = [line]
        if line.block.tag == "li" and line.block.parent is not None:
            siblings = [one for one in reader.lines[place:title] if line.block.parent.mem_id in reader.chain(one.block)]
        drawn = any(_ARROW.search(part) for one in siblings for part in one.parts)
        steps = steps_in(siblings)
        last = siblings[-1].place
        top = min((place for place in tops if place > last), default=title)
        near = all(not one.words for one in reader.lines[last + 1 : top])
        sure = (drawn and (near or line.zone != "nav")) or (near and len(steps) <= weights.MOST_STEPS_UNDRAWN)
        if named := _last_step(reader, steps, title, sure=sure):
            return Found(named, None, "the last step from the home page to the title")
    return None


def _crumb_rows(crumbs: list[LexborNode]) -> Iterator[list[LexborNode]]:
    """Give the elements that are breadcrumbs; such as stand side by side in a line are the steps of one."""
    for key, group in groupby(crumbs, lambda node: (node.tag in _STEPS and node.parent and node.parent.mem_id) or node):
        nodes = list(group)
        yield from [nodes] if isinstance(key, int) else ([node] for node in nodes)


_STEPS = ("a", "span", "b", "strong", "em", "i")
_ARROW = re.compile(r"[»›>→]|\s/\s|^/$")


def _pieces(node: LexborNode) -> Iterator[str]:
    """Give the words of the links in an element, and of the text between them."""
    inside = 0
    for one in node.traverse(include_text=True):
        if inside:
            inside -= 1
        elif one.tag == "-text":
            yield one.text_content or ""
        elif one.tag == "a" or is_silent(one):
            inside = sum(1 for _ in one.traverse(include_text=True)) - 1
            if one.tag == "a":
                yield words_of(one)


def steps_in(lines: list[Line]) -> list[str]:
    """Split lines into the steps of a way through the portal."""
    return _split_steps([part for line in lines for part in line.parts])


def _split_steps(words: list[str]) -> list[str]:
    """Split the words of a way through the portal at the marks between its steps."""
    pieces = (squeeze(part) for part in words if len(part) <= weights.LONGEST_STEP)
    parts = [step for part in pieces for step in (_BETWEEN_STEPS.split(part) if _MARK.search(part) else (part,))]
    return [step for part in parts if _LETTERS.search(step := part.strip(_STEP_MARKS))]


_LETTERS = re.compile(r"[^\W\d_]{2}")
_MARK = re.compile(r"[»›>→/|\\:]")
_BETWEEN_STEPS = re.compile(r"\s*[»›>→]+\s*|\s+[/|\\]\s+|::")
_STEP_MARKS = "»›>→|/\\•·–—:-" + "".join(filter(str.isspace, map(chr, range(0x3001))))


def _last_step(reader: Reader, steps: list[str], title: int, *, sure: bool) -> str | None:
    """Give the last step of a way through the portal that is not the title; None where it is a menu."""
    name = reader.folded[title]
    named = [step for step in steps if not HOME.fullmatch(fold(step))]
    ends_here = bool(named) and _same(fold(named[-1]), name)
    named = [step for step in named if not _same(fold(step), name) and not _GENERIC_STEP.fullmatch(fold(step))]
    if not named or len(steps) > weights.MOST_STEPS or not (sure or ends_here):
        return None
    return None if NO_ARTICLE.fullmatch(fold(named[-1])) else named[-1]


_GENERIC_STEP = re.compile(
    r"(?:xem )?chi tiết.{0,20}|(?:tin|nội dung|bài viết|thông tin|trang) chi tiết|detail.*|bạn đang ở.*|you are here.*"
)


def _same(step: str, title: str) -> bool:
    """Tell whether a step is the title, which may be cut short."""
    if len(step) <= weights.CUT_STEP:
        return step == title
    return title.startswith(step.rstrip(" .…")) or step.startswith(title)


def _kickers(reader: Reader, choice: Choice) -> list[Found]:
    """Read the line right above the article, and the links beside its header line, that may name the section."""
    found = [*_named_with_date(choice), *_names_above(reader, choice), *_links_beside(reader, choice)]
    tagged = reader.page.tree.css("a[rel~='category']")
    if 0 < len(tagged) <= weights.MOST_CATEGORIES:
        found.append(Found(words_of(tagged[0]), tagged[0], "the link that is marked as the category"))
    return [one for one in found if one.words.strip()]


_SIGNATURE = re.compile(r"(?:ban biên tập|bbt|admin|theo|nguồn|tác giả|người|bởi|by|đăng|posted)\b", re.IGNORECASE)
_APART = re.compile(r"\s+[/•·–—-]\s+|\s*\|\s*")


def _named_with_date(choice: Choice) -> Iterator[Found]:
    """Read the name that stands beside the date in a header line above the title, set apart by a mark."""
    moment = choice.moment
    if moment is None or moment.last > choice.title:
        return
    for words in _APART.split(moment.words):
        dated = is_part_of_header(words) or any(map(str.isdigit, words))
        if len(words) > weights.SHORTEST_NAME and not dated and not _SIGNATURE.match(words):
            yield Found(words, None, "the name beside the date above the title")
            return


def _names_above(reader: Reader, choice: Choice) -> list[Found]:
    """Read what may name the section in the lines right above the article, the surest first."""
    found: list[Found] = []
    dated = range(choice.moment.first, choice.moment.last + 1) if choice.moment else ()
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
            continue
        named = Found(steps[-1], None, "the line above the title")
        telling = line.level or line.bold >= weights.WHOLLY * len(line.words) or _CATEGORY.search(names_of(line.block))
        if telling or fold(steps[-1]) in reader.linked:
            return [named, *found]
        found = found or [named]
    return found


def _is_no_kicker(reader: Reader, line: Line, steps: list[str]) -> bool:
    """Tell whether a line above an article is of something else: a menu, a date, a breadcrumb, the portal's name."""
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
    """Tell whether the line above leads to the home page: below it stands whose portal this is."""
    before = reader.neighbour(line.place, -1)
    return before is not None and any(_is_root(reader.page.link(link.attributes.get("href"))) for link in before.links)


_LANGUAGE = re.compile("(?:tiếng )?(?:anh|việt)|english|vietnamese|vie?|eng?")


def _links_beside(reader: Reader, choice: Choice) -> Iterator[Found]:
    """Read the links below the title, and in the header line, that may lead to the section."""
    near = reader.lines[choice.title + 1 : choice.title + 1 + weights.SECTION_BELOW]
    moment = choice.moment
    if moment:
        near += reader.lines[moment.first : moment.last + 2]
    for line in near:
        if len(line.words) > LONGEST_TITLE:  # a text that has links in it
            continue
        dated = moment is not None and moment.first <= line.place <= moment.last
        for link in line.links:
            words = words_of(link)
            if not weights.SHORTEST_NAME < len(words) <= SENTENCE or not reader.other_page(link):
                continue
            if _SIGNED.search(line.words.partition(words)[0]):
                continue
            if _is_of_category(link, line) or (dated and reader.linked[fold(words)] > 1):
                yield Found(words, None, "the link to the section beside the header line")


_SIGNED = re.compile(r"(?:\bbởi|\bby|tác giả|người (?:đăng|gửi|viết)|posted)\b[^|]*$", re.IGNORECASE)


def _is_of_category(link: LexborNode, line: Line) -> bool:
    """Tell whether a link is named as one to a category."""
    named = _CATEGORY.search(names_of(link)) or _CATEGORY.search(names_of(line.block))
    return bool(named) or "category" in (link.attributes.get("rel") or "")


def _is_root(url: str | None) -> bool:
    return bool(url) and urlsplit(url or "").path in ("", "/")


def _in_row_of_links(reader: Reader, line: Line) -> bool:
    """Tell whether a line is one of a menu's: links before it of the same make."""
    if not line.links:
        return False
    before = reader.neighbour(line.place, -1)
    return before is not None and bool(before.links) and shape(before.block) == shape(line.block)


_CATEGORY = re.compile(
    r"categor|(?:^|[\s_-])cat(?:$|[\s_-])|chuyen-?muc|section|kicker|the-?loai|danh-?muc|folder|topic", re.IGNORECASE
)


def _labelled_section(reader: Reader, choice: Choice) -> Found | None:
    last = max(choice.title, choice.moment.last if choice.moment else 0)
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


def find_sections(reader: Reader, choice: Choice) -> list[Found]:
    """Give what may be the section, the best first."""
    title = reader.folded[choice.title]
    crumb = _crumbs(reader, choice)
    kickers = [one for one in _kickers(reader, choice) if not _same(fold(one.words), title)]
    telling = next((one for one in kickers if not GENERIC.fullmatch(fold(one.words))), None)
    if crumb and telling and GENERIC.fullmatch(fold(crumb.words)):
        crumb, kickers = telling, [crumb, *(one for one in kickers if one is not telling)]
    site = {reader.head.site, *SEPARATOR_IN_TITLE.split(reader.head.title)[-1:]}
    kickers = [one for one in kickers if not (OFFICE.match(fold(one.words)) and fold(one.words) in site)]
    found = [_labelled_section(reader, choice), crumb, *kickers, reader.head.section, _in_title(reader, choice)]
    return [one for one in found if one]


def _in_title(reader: Reader, choice: Choice) -> Found | None:
    """Read the section out of `<title>`: title - section - portal."""
    parts = [part for part in _TITLE_PARTS.split(tidy(reader.head.written)) if part.strip()]
    if len(parts) == 3 and _same(fold(parts[0]), reader.folded[choice.title]):  # noqa: PLR2004
        return Found(parts[1].strip(), None, "the middle of <title>")
    return None


_TITLE_PARTS = re.compile(r"\s+[-–—|•·»]\s+|\s*[|»]\s*")


def find_views(reader: Reader, choice: Choice, body: BodyLines | None) -> list[Found]:
    """Give the counts of views that may be the article's: by an eye beside the date, or labelled, near or below."""
    last = body.kept[-1].place if body else choice.title
    near = reader.lines[max(0, choice.title - weights.VIEWS_ABOVE) : last + 1 + weights.VIEWS_BELOW]
    dated = reader.lines[choice.moment.first : choice.moment.last + 1] if choice.moment else []
    return [*_by_eye(dated), *_labelled_counts(reader, near)]


def _by_eye(lines: list[Line]) -> Iterator[Found]:
    """Give the numbers that stand by an eye in the lines of a header."""
    for line in lines:
        counts = ((words, node) for node in line.block.css(_EYES) if (words := _counted_by(node)))
        if found := next((Found(words, node, _EYE) for words, node in counts if parse_count(words) is not None), None):
            yield found
    for line in lines:
        if NUMBER_ALONE.fullmatch(line.words.strip()) and stands_by_eye(line):
            yield Found(line.words, None, _EYE)


_EYES = (
    "[class*='eye' i], [class*='view' i], [class*='xem' i], [title*='xem' i], .material-icons, .sr-only,"
    " .visually-hidden"
)
_EYE = "the number by the eye"


def _labelled_counts(reader: Reader, lines: list[Line]) -> Iterator[Found]:
    """Give the lines that count views, each with the number on the line below it."""
    for line in lines:
        if line.zone in _NO_COUNTS or len(line.words) > SENTENCE or line.picture is not None:
            continue
        words, place = line.words, line.place
        following = reader.lines[place + 1].words.strip() if place + 1 < len(reader.lines) else ""
        if NUMBER_ALONE.fullmatch(following) and _ENDS_IN_LABEL.search(reader.folded[place]):
            words = f"{words} {following}"
        counted = VIEW_LABEL.search(fold(words)) and parse_header(words, now()).views is not None
        if counted and not _listed_count(reader, place):
            yield Found(words, None, "the line that counts views")


_NO_COUNTS = ("footer", "aside", "comments", "related", "nav")
_ENDS_IN_LABEL = re.compile(rf"(?:{VIEW_LABEL.pattern})$")


def _listed_count(reader: Reader, place: int) -> bool:
    before = reader.neighbour(place, -1)
    return before is not None and reader.is_headline(before, weights.COUNTED_HEADLINE)


def _counted_by(node: LexborNode) -> str | None:
    """Read the number that an eye stands by: in its own element or right after it."""
    own = tidy(words_of(node))
    if not COUNTERS.search(names_of(node)) and own != "visibility" and not VIEW_LABEL.fullmatch(fold(own)):
        return None
    if NUMBER_ALONE.fullmatch(own):
        return own
    following = node.next
    while following is not None and not tidy(following.text() if following.tag == "-text" else words_of(following)):
        following = following.next
    if following is None:
        return None
    words = tidy((following.text_content or "") if following.tag == "-text" else words_of(following))
    match = _NUMBER_FIRST.match(words)
    return match[0] if match else None


_NUMBER_FIRST = re.compile(r"(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?![\d/:.-])")


def find_lead(reader: Reader, body: BodyLines, finder: BodyFinder) -> list[Line]:
    """Find the lines of the lead: set apart from the body by its element, and by its name, type or the description."""
    lines = list(dropwhile(lambda line: _is_caption(line.block), (line for line in body.kept if line.words)))
    if len(lines) < 2:  # noqa: PLR2004
        return []
    first = lines[0]
    for node in (first.block, first.block.parent):
        if node is not None and node.tag not in ("body", "td") and LEADS.search(names_of(node)):
            inside = [line for line in lines if node.mem_id in finder.chain(line)]
            if len(inside) <= weights.LEAD_LINES and len(inside) < len(lines):
                return inside
    described = len(reader.head.description) > weights.DESCRIBED and reader.folded[first.place].startswith(
        reader.head.description.rstrip(" .…")
    )
    text = innermost_shared([finder.chain(line) for line in lines[1:]])
    if text in finder.chain(first) or first.own < weights.DESCRIBED:
        return []
    strong = first.bold >= weights.WHOLLY * len(first.words) or first.level or _all_in(first.block, "em, i")
    return [first] if strong or described or _stands_apart(finder, first, lines[1:]) else []


_CAPTION = re.compile("caption|chu[-_]?thich", re.IGNORECASE)


def _is_caption(block: LexborNode) -> bool:
    return block.tag == "figcaption" or bool(_CAPTION.search(names_of(block)))


def _stands_apart(finder: BodyFinder, first: Line, others: list[Line]) -> bool:
    """Tell whether a line that stands above the element of all others is in one of another make."""
    leads_in = first.words.rstrip()[-1:] == ":" or fold(first.words).startswith("kính gửi")
    texts = sum(line.own >= SENTENCE for line in others)
    if leads_in or first.own > weights.LONGEST_LEAD or texts < weights.TEXTS_BELOW_LEAD:
        return False
    chain, other = finder.chain(first), finder.chain(others[0])
    shared = innermost_shared([chain, other])
    return _branch(first.block, chain, shared) != _branch(others[0].block, other, shared)


def _branch(block: LexborNode, chain: tuple[int, ...], shared: int) -> tuple[str | None, str | None]:
    """Name the tag and class of the element below a shared one that a block is in."""
    node = block
    for _ in chain[1 : chain.index(shared)]:
        node = node.parent or node
    return node.tag, node.attributes.get("class")


def _all_in(block: LexborNode, tags: str) -> bool:
    return any(len(tidy(words_of(node))) >= weights.WHOLLY * len(tidy(words_of(block))) for node in block.css(tags))
