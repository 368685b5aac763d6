from __future__ import annotations

import unicodedata

import pytest

from wardnews import text

NFD = [(line, published, views) for form in text.FORMS for line, published, views in form.examples]


@pytest.mark.parametrize(
    ("line", "published", "views"),
    [pytest.param(*example, id=f"{form.name}: {example[0]}") for form in text.FORMS for example in form.examples],
)
@pytest.mark.parametrize("spelling", ["as it is", "NFD", "plain spaces", "upper case"])
def test_every_example_means_what_it_says(line: str, published: str | None, views: int | None, spelling: str) -> None:
    line = {
        "as it is": line,
        "NFD": unicodedata.normalize("NFD", line),
        "plain spaces": line.replace("\xa0", " "),
        "upper case": line.upper(),
    }[spelling]
    header = text.parse_header(line, text.EXAMPLE_NOW)
    assert (header.published, header.views) == (published, views)
    assert not {"header_unread", "header_partly_read", "bad_date"} & set(header.flags)
