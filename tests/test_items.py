from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wardnews
from wardnews.exporters import json_line
from wardnews.items import Article, Attachment, Image, Place, compose_text, content_hash, json_schema, parse_text
from wardnews.text import squeeze

BLOCK = st.text(st.sampled_from("aáĐ./|:\xa0 \u3000"), min_size=1).map(squeeze).filter(str.strip)


def test_the_published_schema_is_the_dataclass() -> None:
    published = Path(wardnews.__file__).with_name("schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


def test_a_record_has_every_key_in_order_and_fits_the_schema() -> None:
    full = Article(
        images=[Image("http://a/b.jpg")],
        attachments=[Attachment("http://a/b.pdf")],
        ward=Place("Hoa Sữa", "00136"),
    )
    for article in (Article(), full):
        record = json.loads(json_line(article))
        assert list(record) == [field.name for field in fields(Article)] == list(json_schema()["properties"])
        jsonschema.validate(record, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(asdict(full) | {"views": "81"}, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({key: value for key, value in asdict(full).items() if key != "lead"}, json_schema())


def test_a_json_line_is_one_line_of_plain_letters() -> None:
    line = json_line(Article(title="Đảng ủy 🌾", text="a\n\nb"))
    assert "Đảng ủy 🌾" in line
    assert line.count("\n") == 1


def test_the_hash_is_over_content_alone() -> None:
    assert content_hash("a", None, ["b"]) == content_hash("a", None, ["b"])
    hashes = {content_hash("a", None, ["b"]), content_hash("a", "b", []), content_hash("a", None, ["b", ""])}
    assert len(hashes) == 3


@given(st.none() | BLOCK, BLOCK, st.none() | BLOCK, st.lists(BLOCK, min_size=1))
def test_text_to_record_to_text_is_the_identity(
    section: str | None, title: str, header: str | None, body: list[str]
) -> None:
    text = compose_text(section, title, header, body)
    article = parse_text(text)
    assert article.text == text
    if header:
        assert (article.section, article.title, article.header, article.paragraphs) == (section, title, header, body)


@pytest.mark.parametrize(
    "text", ["CÔNG TÁC ĐẢNG\r\n\r\nHọp\r\n05/04/2021\r\n\r\nMột.\r\n", "CÔNG TÁC ĐẢNG \n\n\nHọp\n05/04/2021\n \nMột.\n"]
)
def test_what_editors_do_to_a_file_is_forgiven(text: str) -> None:
    assert parse_text(text).text == "CÔNG TÁC ĐẢNG\n\nHọp\n05/04/2021\n\nMột."


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="sample file format"):
        parse_text("một dòng")


def test_the_samples_are_read_back(pages: Path) -> None:
    samples = sorted((pages.parent / "samples").glob("*.txt"))
    assert len(samples) == 3
    for sample in samples:
        text = sample.read_bytes().decode()
        article = parse_text(text)
        assert article.text == text
        assert article.section
        assert article.header
        assert len(article.paragraphs) > 3
