"""Pages that look like an article and are none: records of documents, pages about people, albums, listings."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from wardnews.layouts.generic import weights
from wardnews.layouts.generic.article_body import BodyLines
from wardnews.layouts.generic.page_view import names_of, shape
from wardnews.layouts.generic.phrases import END, RELATED, SENTENCE, kind
from wardnews.layouts.generic.reader import Choice, Reader
from wardnews.layouts.page import Page
from wardnews.locale import gettext_noop

_OF_DOCUMENT = re.compile(
    r"số (?:/ ?)?(?:(?:ký|kí) hiệu|hiệu|văn bản|quyết định)(?: văn bản)?|số ?/ ?(?:ký|kí) hiệu|(?:ký|kí) hiệu"
    r"|cơ quan (?:ban hành|soạn thảo|thực hiện|ký)|(?:nơi|đơn vị) ban hành|người ký"
    r"|ngày (?:ban hành|công bố|ký|(?:có |bắt đầu |hết )?hiệu lực)|(?:tình trạng )?hiệu lực"
    r"|(?:bắt đầu|kết thúc) lấy ý kiến|mã (?:số )?thủ tục|mã tthc"
)
"""What labels a field of a legal document, of a draft or of a procedure."""
_BESIDE_DOCUMENT = re.compile(
    r"(?:loại|thể loại|hình thức|tên|tiêu đề)(?: (?:văn bản|tài liệu|thủ tục))?|trích yếu(?: nội dung)?|lĩnh vực"
    r"|phạm vi|trạng thái|tình trạng|lệ phí|thời hạn giải quyết|đối tượng(?: thực hiện)?"
)
_OF_PERSON = re.compile(r"(?:ngày|năm)(?:,? tháng,? năm)? sinh|sinh (?:ngày|năm)")
_BESIDE_PERSON = re.compile(
    r"chức (?:vụ|danh)|(?:số )?điện thoại|di động|e-?mail|trình độ.{0,20}|quê quán|giới tính|chuyên (?:môn|ngành)"
    r"|học (?:hàm|vị)|dân tộc|đơn vị(?: công tác)?"
)
_OF_FORM = re.compile(
    r"địa điểm|thành phần(?: tham dự)?|chủ trì|(?:số )?lượt tải|dung lượng|kích thước|(?:loại|mã|tên) tài liệu"
    r"|mã phản ánh|người gửi|thời gian|ngày gửi|trạng thái"
)
_PROCEDURE = re.compile("mã (?:số )?thủ tục|mã tthc")
_NAMES = re.compile("(?:họ (?:và |, ?)?)?tên(?: cán bộ| công chức)?|họ (?:và |, ?)?tên.{0,12}")
_OF_PEOPLE = re.compile(rf"{_NAMES.pattern}|{_OF_PERSON.pattern}|{_BESIDE_PERSON.pattern}")
_OF_OFFICE = re.compile(rf"{_OF_PERSON.pattern}|chức (?:vụ|danh)")
_LARGER = re.compile(r"\.(?:jpe?g|png|gif|webp)\b|fancybox|lightbox|gallery|swipebox", re.IGNORECASE)


def is_no_article(reader: Reader, choice: Choice, body: BodyLines) -> bool:
    """Whether a title, a date and a text are of something else than an article."""
    if _is_record(reader, choice.title) or _is_person(reader, choice) or _are_people(reader, choice.title, body):
        return True
    if _is_album(body) or _is_form(reader, choice.title, body):
        return True
    if choice.date_line is None and _text_of(body) < weights.TEXT_FOR_MACHINES:
        return True
    return _is_listing(reader, choice.title, body)


def name_instead(page: Page) -> str | None:
    """Return what a page without an article is of, where it shows that: a legal document, a procedure, a person."""
    reader = page.once(Reader)
    sure = dict(_labels(reader, _OF_DOCUMENT))
    labels = {**sure, **dict(_labels(reader, _BESIDE_DOCUMENT))}
    said = Counter(labels.values())  # what each entry of a list says is of no single record
    values = {at: _value(reader, at, labels) for at in labels if said[labels[at]] < weights.ENTRIES_OF_LISTING}
    valued = sorted(at for at, value in values.items() if value)
    numbered = {at for at in sure if any(map(str.isdigit, values.get(at, "")))}
    for first in valued:
        near = [at for at in valued if first <= at < first + weights.LABELS_BELOW]
        if len(near) >= weights.LABELS_OF_RECORD and not numbered.isdisjoint(near):
            is_procedure = any(_PROCEDURE.match(labels[at]) for at in near)
            return gettext_noop("an administrative procedure") if is_procedure else gettext_noop("a legal document")
    of_person = any(True for _ in _labels(reader, _OF_PERSON)) and any(True for _ in _labels(reader, _BESIDE_PERSON))
    return gettext_noop("a page about a person") if of_person else None


def _value(reader: Reader, place: int, labels: Mapping[int, str]) -> str:
    """Return what stands behind a label in its line, or else on the next one, unless that is a label too."""
    rest = reader.folded[place][len(labels[place]) :].strip(" :")
    following = "" if rest or place + 1 in labels else " ".join(reader.folded[place + 1 : place + 2])
    return rest or following


def _text_of(body: BodyLines) -> int:
    """Return how many characters stand in the sentences of a body."""
    return sum(line.own for line in body.kept if line.own >= SENTENCE)


def _labels(reader: Reader, pattern: re.Pattern[str], title: int | None = None) -> Iterator[tuple[int, str]]:
    """Return the lines that label the value in them or on the next line: their places and the labels.

    With a title only those that stand by it.
    """
    low = 0 if title is None else max(0, title - weights.LABELS_ABOVE)
    high = weights.LINES_SEARCHED if title is None else title + weights.LABELS_BELOW
    for line in reader.lines[low:high]:
        words = reader.folded[line.place]
        match = pattern.match(words) if line.words and len(words) <= SENTENCE * 2 else None
        if match and (match.end() == len(words) or words[match.end() :].lstrip().startswith(":")):
            yield line.place, match[0]


def _is_record(reader: Reader, title: int) -> bool:
    """Whether a table of what a document is stands by a title, before any text.

    A row of labels side by side is the head of a table in an article.
    """
    sure = dict(_labels(reader, _OF_DOCUMENT, title))
    places = {**sure, **dict(_labels(reader, _BESIDE_DOCUMENT, title))}
    apart = (at for at in places if at + 1 not in places and at - 1 not in places)
    single = {places[at] for at in (*apart, *(at for at in places if len(reader.folded[at]) > len(places[at]) + 1))}
    if len(single) < weights.LABELS_OF_RECORD or not single.intersection(sure.values()):
        return False
    above = reader.lines[title + 1 : min(places)]
    return sum(line.own >= SENTENCE for line in above) < weights.SENTENCES_ABOVE_RECORD


def _is_person(reader: Reader, choice: Choice) -> bool:
    """Whether a birthday and more of a person are labelled by a title that no date of publication is shown for."""
    born = [place for place, _ in _labels(reader, _OF_PERSON, choice.title)]
    dated = choice.date_line
    if not born or (dated is not None and not {dated.first, dated.first - 1}.intersection(born)):
        return False
    return any(True for _ in _labels(reader, _BESIDE_PERSON, choice.title))


def _are_people(reader: Reader, title: int, body: BodyLines) -> bool:
    """Whether a table of people is all that stands by a title: its head names them, their birthdays, their posts."""
    if _text_of(body):
        return False
    heads = [words for _, words in _labels(reader, _OF_PEOPLE, title)]
    in_office = any(map(_OF_OFFICE.fullmatch, heads))  # else it is a form to be filled in
    return len(heads) >= weights.HEADS_OF_PEOPLE and in_office and any(map(_NAMES.fullmatch, heads))


def _is_form(reader: Reader, title: int, body: BodyLines) -> bool:
    """Whether labels with their values are all there is: of a file to be loaded, a meeting, a request."""
    return (
        not _text_of(body) and len({words for _, words in _labels(reader, _OF_FORM, title)}) >= weights.LABELS_OF_FORM
    )


def _is_album(body: BodyLines) -> bool:
    """Whether pictures are all there is, each a link to its larger form."""
    pictures = [line for line in body.kept if line.picture is not None]
    shown = sum(any(_LARGER.search(names_of(link)) for link in line.links) for line in pictures)
    return shown >= weights.PICTURES_OF_ALBUM and not _text_of(body)


def _is_listing(reader: Reader, title: int, body: BodyLines) -> bool:
    """Whether the dates of several entries alike stand below a title before there is much text."""
    zone = reader.lines[title].zone
    for column in _columns(reader, title):
        if len(column) < weights.ENTRIES_OF_LISTING:
            continue
        above = reader.lines[title + 1 : column[0]]
        apart = any(kind(reader.folded[line.place]) for line in above if line.words and line.zone in ("", zone))
        text = sum(line.own >= SENTENCE for line in body.kept if not column[0] <= line.place <= column[-1])
        if not apart and text < weights.SENTENCES_BESIDE_LIST:
            return True
    return False


def _columns(reader: Reader, title: int) -> Iterator[list[int]]:
    """Return the places of the dates of entries alike below a title, with a headline between each and the next."""
    zone = reader.lines[title].zone
    alike: dict[tuple[str, ...], list[int]] = {}
    for one in reader.date_lines:
        line = reader.lines[one.first]
        if one.listed and one.first > title and line.zone in ("", zone):
            alike.setdefault(shape(line.block), []).append(one.first)
    for places in alike.values():
        column = places[:1]
        for place, following in pairwise(places):
            if not _are_entries(reader, place, following):
                yield column
                column = []
            column.append(following)
        yield column


def _are_entries(reader: Reader, one: int, other: int) -> bool:
    """Whether two dates are of entries of one list, by the headline between them or in their lines; else of a table."""
    between = [line for line in reader.lines[one : other + 1] if line.words]
    apart = any(kind(reader.folded[line.place]) in (RELATED, END) for line in between)
    return not apart and any(reader.is_headline(line, weights.HEADLINE) for line in between if line.links)
