"""Who wrote an article and where it was taken from, by the lines that name them: beside the title or below the text."""

import re
from collections.abc import Iterator

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyLines
from wardnews.layouts.generic.page_view import names_of
from wardnews.layouts.generic.phrases import OFFICE, SENTENCE, fold
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.generic.visible_lines import Line
from wardnews.layouts.page import Found
from wardnews.text.credits import parse_credits
from wardnews.text.strings import tidy

_PIECES = re.compile(r"\s*\|\s*|\s+[-–—•]\s+")
_MARKS = " .,:;-–—•|()[]"
_INSTITUTION = re.compile(
    rf"{OFFICE.pattern}|(?:trường|báo|đài|hội|công an|trạm|chi bộ|đảng|bộ|viện|bệnh viện|nhà|tổ|thôn)\b"
)
_BETWEEN_NAMES = re.compile(r"\s*,\s*|\s+và\s+|\s+[-–]\s+")
_SOURCE = re.compile(r"(?:^|[\s_-])(?:source|nguon)(?:$|[\s_-])", re.IGNORECASE)
_AT_THE_RIGHT = re.compile(
    r"text-align: *right|(?:^|[\s_-])(?:right|author|tac-?gia|sign(?:ature)?)(?:$|[\s_-])", re.IGNORECASE
)


def find_credits(reader: Reader, choice: Choice, body: BodyLines) -> dict[str, Found]:
    """Return the author and the source that lines around a body name, each where there is one."""
    last = body.kept[-1].place
    below = [line for line in reader.lines[last + 1 : last + 1 + weights.SIGNED_BELOW] if line.words]
    above = reader.lines[max(0, choice.title - weights.SIGNED_ABOVE) : body.kept[0].place]
    found: dict[str, Found] = {}
    signed = [line for line in below if line.zone == "credits" or _SOURCE.search(names_of(line.block))]
    for line in (*body.credits, *signed):
        _add(found, *parse_credits([tidy(line.words)]), "the line below the body")
    for words in _PIECES.split(choice.date_line.words) if choice.date_line else ():
        _add(found, *parse_credits([tidy(words)]), "the name beside the date")
    for line in (*above, *signed):
        if line.zone == "credits":
            _add(found, _name_of(line), None, "the line that is marked as the author's")
        elif line in signed and len(line.words) <= SENTENCE:
            _add(found, None, tidy(line.words).strip(_MARKS), "the line that is marked as the source")
    for line in _signatures(body):
        _add(found, _name_of(line), None, "the name at the end of the text")
    return found


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
    whole = all(part[0].isupper() and part.replace(".", "").isalpha() for part in parts)
    return whole and 1 < len(parts) <= weights.WORDS_OF_NAME and not _INSTITUTION.match(fold(words))


def _signatures(body: BodyLines) -> Iterator[Line]:
    """Return the last line of a text, where it stands at the right or is wholly in bold or slanted type."""
    lines = [line for line in body.kept if line.words]
    for line in lines[-1:] if len(lines) > 1 else ():
        attributes = line.block.attributes
        placed = " ".join(attributes.get(name) or "" for name in ("style", "align", "class"))
        strong = line.bold >= weights.WHOLLY * len(line.words)
        slanted = line.block.css_first("em, i") is not None
        if _AT_THE_RIGHT.search(placed) or strong or slanted:
            yield line
