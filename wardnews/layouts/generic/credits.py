"""Who wrote an article and where it was taken from, by the lines that name them: beside the title or below the text."""

import re
from collections.abc import Iterator

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyLines
from wardnews.layouts.generic.page_view import names_of
from wardnews.layouts.generic.phrases import OFFICE, SENTENCE, fold
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found, words_of
from wardnews.places.family_names import FAMILY_NAMES
from wardnews.text.credits import parse_credits
from wardnews.text.strings import tidy

_PIECES = re.compile(r"\s*[|•·]\s*|\s+[-–—]\s+")
_MARKS = " .,:;-–—•|()[]"
_INSTITUTION = re.compile(
    rf"{OFFICE.pattern}|(?:trường|báo|đài|hội|công an|trạm|chi bộ|đảng|bộ|viện|bệnh viện|nhà|tổ|thôn)\b"
)
_BETWEEN_NAMES = re.compile(r"\s*,\s*|\s+và\s+|\s+[-–]\s+")
_SOURCE = re.compile(r"(?:^|[\s_-])(?:source|nguon)(?:$|[\s_-])", re.IGNORECASE)
_BYLINES = "[class*='author' i], [class*='tacgia' i], [class*='tac-gia' i], [class*='byline' i], [class*='username' i]"
_OF_AUTHOR = re.compile(r"/(?:author|authors|tac-gia|nha-bao|phong-vien)/|[?&](?:author|tacgia)=", re.IGNORECASE)
_LABEL = re.compile(r"tác giả|người (?:viết|đăng)|nguồn(?: tin)?")
_APOSTROPHES = re.compile("[.'’]")
_AT_THE_RIGHT = re.compile(
    r"text-align: *right|(?:^|[\s_-])(?:right|author|tac-?gia|sign(?:ature)?)(?:$|[\s_-])", re.IGNORECASE
)


def find_credits(reader: Reader, choice: Choice, body: BodyLines) -> dict[str, Found]:
    """Return the author and the source that lines around a body name, each where there is one."""
    last = body.kept[-1].place
    below = [line for line in reader.lines[last + 1 : last + 1 + weights.SIGNED_BELOW] if line.words]
    first = next((line.place for line in body.kept if line.words), body.kept[0].place)
    above = reader.lines[max(0, choice.title - weights.SIGNED_ABOVE) : first]
    found: dict[str, Found] = {}
    signed = [line for line in below if line.zone == "credits" or _SOURCE.search(names_of(line.block))]
    for line in (*body.credits, *signed):
        _add(found, *parse_credits([tidy(line.words)]), "the line below the body")
    _add_beside_date(found, reader, choice)
    for line in (*above, *signed):
        if line.zone == "credits":
            _add(found, _name_of(line), None, "the line that is marked as the author's")
        elif line in signed and len(line.words) <= SENTENCE:
            _add(found, None, tidy(line.words).strip(_MARKS), "the line that is marked as the source")
    _add_by_title(found, reader, [line for line in above if line.words and line.place > choice.title])
    for line in above:
        _add(found, _linked_author(line), None, "the link to the author's page")
    for line in _signatures(body):
        _add(found, _name_of(line), None, "the name at the end of the text")
    return found


def _add_beside_date(found: dict[str, Found], reader: Reader, choice: Choice) -> None:
    """Add whom the header line names: by a label, by what its element is called, or by a person's name."""
    dated = choice.date_line
    pieces = [tidy(words) for words in _PIECES.split(dated.words)] if dated else []
    for words in pieces:
        _add(found, *parse_credits([words]), "the name beside the date")
    marked = {
        tidy(words_of(node))
        for line in (reader.lines[dated.first : dated.last + 1] if dated else ())
        for node in line.block.css(_BYLINES)
    }
    for words in pieces:
        if _is_name(words) and (words in marked or _is_person(words)):
            _add(found, words, None, "the name beside the date")


def _add_by_title(found: dict[str, Found], reader: Reader, lines: list[Line]) -> None:
    """Add whom the lines between a title and its text name: with a label, below one, or alone."""
    for line in lines:
        label = reader.folded[line.place]
        value = reader.neighbour(line.place, 1) if _LABEL.fullmatch(label) else None
        words = f"{label}: {tidy(value.words)}" if value else tidy(line.words)
        _add(found, *parse_credits([words]), "the line below the title")
        if _is_name(words) and _is_person(words) and not line.links:
            _add(found, words, None, "the name below the title")


def _linked_author(line: Line) -> str | None:
    """Return the name that a link to the page of an author is."""
    links = (link for link in line.links if _OF_AUTHOR.search(link.attributes.get("href") or ""))
    return next((words for link in links if _is_name(words := tidy(words_of(link)))), None)


def _add(found: dict[str, Found], author: str | None, source: str | None, rule: str) -> None:
    """Keep the first author and the first source."""
    if author:
        found.setdefault("author", Found(author, None, rule))
    if source:
        found.setdefault("source", Found(source, None, rule))


def _name_of(line: Line) -> str | None:
    """Return the name that a line is; None for anything else, and for an office."""
    words = tidy(line.words).strip(_MARKS)
    author, _ = parse_credits([words])
    if author:
        return author
    names = _BETWEEN_NAMES.split(words)
    return words if len(names) <= weights.MOST_AUTHORS and all(map(_is_name, names)) else None


def _is_name(words: str) -> bool:
    """Whether words are a person's name: two to five that begin with a capital letter, and no office."""
    parts = words.split()
    whole = all(part[0].isupper() and _APOSTROPHES.sub("", part).isalpha() for part in parts)
    return whole and 1 < len(parts) <= weights.WORDS_OF_NAME and not _INSTITUTION.match(fold(words))


def _is_person(words: str) -> bool:
    """Whether words that may be a name are a person's in full: a place, such as Hà Nội, has two at most."""
    return words.count(" ") > 1 and words.partition(" ")[0] in FAMILY_NAMES


def _signatures(body: BodyLines) -> Iterator[Line]:
    """Return the last line of a text, where it stands at the right, in bold or slanted type, or is a person's name."""
    lines = [line for line in body.kept if line.words]
    for line in lines[-1:] if len(lines) > 1 else ():
        attributes = line.block.attributes
        placed = " ".join(attributes.get(name) or "" for name in ("style", "align", "class"))
        strong = line.bold >= weights.WHOLLY * len(line.words)
        slanted = line.block.css_first("em, i") is not None
        alone = lines[-2].own >= SENTENCE and _is_person(tidy(line.words))  # else it is one of a list of names
        if _AT_THE_RIGHT.search(placed) or strong or slanted or alone:
            yield line
