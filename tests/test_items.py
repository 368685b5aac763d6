from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wardnews
from wardnews.items import Article, Attachment, Image, Place, content_hash, json_line, json_schema, record_id
from wardnews.text.sample_format import compose_text, parse_text
from wardnews.text.strings import squeeze

KEYS = """schema id url site section title header published views lead paragraphs images attachments author source ward
district province place_basis text language layout via crawled_at first_seen version change content_hash flags
story""".split()
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
        assert list(record) == KEYS == [field.name for field in fields(Article)] == list(json_schema()["properties"])
        jsonschema.validate(record, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(asdict(full) | {"views": "81"}, json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({key: value for key, value in asdict(full).items() if key != "lead"}, json_schema())


def test_a_json_line_is_one_line_of_plain_letters() -> None:
    line = json_line(Article(title="Đảng ủy 🌾", text="a\n\nb"))
    assert "Đảng ủy 🌾" in line
    assert line.count("\n") == 1


def test_the_parts_of_a_record_have_their_keys_in_order() -> None:
    full = Article(images=[Image("http://a/b")], attachments=[Attachment("http://a/c")], ward=Place("Hoa Sữa"))
    record = json.loads(json_line(full))
    file = ["media_type", "sha256", "bytes"]
    parts = [list(part) for part in (*record["images"], *record["attachments"], record["ward"])]
    assert parts == [["url", "caption", "alt", *file], ["url", "title", *file], ["name", "code"]]
    assert (record["schema"], record["change"], record["via"], record["version"]) == ("2", "new", "live", 1)


# In stores and in feeds that others keep: where one of these changes, all that is known counts as edited, or as new.
@pytest.mark.parametrize(
    ("title", "lead", "paragraphs", "expected"),
    [
        ("Hội chợ", "Dẫn", ["Một.", "Hai."], "c88d0e86259a29e57a9425a7ccc93850b18b62ab2f246420c319be9e8eb7989c"),
        ("Hội chợ", None, ["Một."], "3d9caf6862fa0e538c7a94710c7b5f452d15906632c8c82bdeadadb9426e14b1"),
        ("Hội chợ", None, ["Dẫn", "Một.", "Hai."], "d6a6ad245ae7f7a3af37c03e91470af285699565d5c05f65b1c50e5e3caab67c"),
        (
            'Đảng ủy "phường" Hoa Sữa 🌾',
            "Sáng 5/4:\\",
            ["Một, hai.", "\x01", " "],
            "212826460c7749f3cee18879a505f2669e6aa6989c2ce72f894a300c22ee457d",
        ),
    ],
)
def test_the_hash_of_some_content(title: str, lead: str | None, paragraphs: list[str], expected: str) -> None:
    assert content_hash(title, lead, paragraphs) == expected


@pytest.mark.parametrize(
    ("own", "url", "expected"),
    [
        ("", "http://hoasua.example.vn/tin/1.html", "hoasua:7c67cf6ffc037934"),
        ("", "http://hoasua.example.vn/tin/đại-hội", "hoasua:3748a254d7dcc7a6"),
        ("4100321", "http://hoasua.example.vn/tin/1.html", "hoasua:4100321"),
    ],
)
def test_the_ids_of_some_records(own: str, url: str, expected: str) -> None:
    assert record_id("hoasua", own, url) == expected


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
