"""The sample file format: an article as plain text, and back."""

import re

from wardnews.errors import UnreadablePage
from wardnews.items import TEXT, Article
from wardnews.text.strings import squeeze

PAGE_BREAK = "\f"
"""Separates articles in one text file: as ASCII white space it can stand in no article of the sample file format."""


def compose_text(section: str | None, title: str, header: str | None, blocks: list[str]) -> str:
    r"""Return an article in the sample file format; a part that is missing is left out with its separator.

    >>> compose_text("Tin nổi bật", "Khai mạc hội chợ", "05/04/2021 | 17:15", ["Sáng 5/4, hội chợ khai mạc."])
    'Tin nổi bật\n\nKhai mạc hội chợ\n05/04/2021 | 17:15\n\nSáng 5/4, hội chợ khai mạc.'
    """
    heading = f"{title}\n{header}" if header else title
    return "\n\n".join(part for part in (section, heading, *blocks) if part)


_BLANK_LINES = re.compile(r"\n(?:[ \t\r\f\v]*\n)+")


def parse_text(text: str) -> Article:
    """Return the section, title, header and blocks of a text in the sample file format; `lead` is among the blocks.

    Without a header line nothing tells a section from a title, so the first block is taken for the title.
    Raises UnreadablePage where there is no title with something below it.
    """
    blocks = [[squeeze(line) for line in block.split("\n")] for block in _BLANK_LINES.split(text.strip(" \t\r\n\f\v"))]
    place = next((place for place, block in enumerate(blocks[:2]) if len(block) == 2), None)  # noqa: PLR2004
    if place is None and len(blocks) == 1:
        raise UnreadablePage(
            "not in the sample file format: section, blank line, title, header line, blank line, paragraphs"
        )
    section = blocks[0][0] if place == 1 else None
    title, header = blocks[place] if place is not None else (" ".join(blocks[0]), None)
    body = [" ".join(block) for block in blocks[(place or 0) + 1 :]]
    return Article(
        section=section,
        title=title,
        header=header,
        paragraphs=body,
        text=compose_text(section, title, header, body),
        layout=TEXT,
    )
