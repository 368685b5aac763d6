"""Made-up articles, each with the truth that a reader of its page must find."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import islice
from random import Random
from typing import Literal
from urllib.parse import urlencode

Generation = Literal["liferay", "newszone"]
TimeForm = Literal["24h", "12h", "12h padded", "clock first", "dashes"]
Frame = Literal["detail", "plain", "bare"]
Image = tuple[str, str | None, str | None]
Attachment = tuple[str, str]

ASCII_SPACE = re.compile(r"[ \t\n\r\f]+")
MIDNIGHT = (0, 0)
PORTLET_QUERY = {
    "p_p_id": "101",
    "p_p_lifecycle": "0",
    "p_p_state": "normal",
    "p_p_mode": "view",
    "p_p_col_id": "column-1",
}
"""What every address of the older CMS's news portlet begins with."""


def at(moment: str) -> datetime:
    """Return a local time of the portals, which name no zone: UTC+7 is understood."""
    return datetime.fromisoformat(moment)


def squeeze(text: str) -> str:
    """Return a text with its ASCII white space collapsed and its no-break spaces left alone."""
    return ASCII_SPACE.sub(" ", text).strip(" ")


def blocks(text: str) -> tuple[str, ...]:
    """Return the blocks of a truth that is written with a blank line between them."""
    return tuple(squeeze(block) for block in text.strip("\n").split("\n\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeArticle:
    """An article as its page shows it, together with what must be read from that page.

    `title_html`, `lead_html` and `body_html` are markup as it stands in the page; `title`, `lead`, `blocks`,
    `captions`, `images`, `attachments` and `author` are the truth, written by hand and never derived from the markup.
    """

    generation: Generation
    id: int | str
    slug: str
    section_path: str
    section: str
    title: str
    published: datetime
    body_html: str
    blocks: tuple[str, ...]
    title_html: str = ""
    lead: str | None = None
    lead_html: str | None = None
    views: int | None = None
    show_time: TimeForm = "24h"
    label: str = "Ngày đăng"
    views_label: str = "Lượt xem"
    captions: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    author: str | None = None
    frame: Frame = "detail"
    structured_data: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return the blocks that are no marked caption, with all white space made plain."""
        return tuple(" ".join(block.split()) for block in self.blocks if block not in self.captions)

    @property
    def time_known(self) -> bool:
        """Whether the page gives a time of day; midnight stands for none."""
        return (self.published.hour, self.published.minute) != MIDNIGHT

    @property
    def path(self) -> str:
        """Return the canonical address on the portal."""
        if self.generation == "newszone":
            return f"/{self.section_path}/{self.slug}-{self.id}.htm"
        return f"/{self.section_path}/-/view_content/{self.id}-{self.slug}.html"

    @property
    def long_path(self) -> str:
        """Return the address by query that the older CMS knows as well."""
        query = PORTLET_QUERY | {
            "p_p_col_count": "1",
            "_101_struts_action": "/asset_publisher/view_content",
            "_101_assetEntryId": str(self.id),
            "_101_type": "content",
            "_101_viewMode": "view",
            "_101_urlTitle": self.slug,
        }
        return f"/{self.section_path}?{urlencode(query)}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Return every address that the portal's own listings link, the canonical one first."""
        return (self.path,) if self.generation == "newszone" else (self.path, self.long_path)

    def header(self, views: int | None = None, *, english: bool = False) -> str:
        """Return the header line that the page shows when its counter stands at `views`.

        Without `views` it is the line of the first look. `english` gives the line of a session that fell into English.
        """
        label = "Publish date" if english and self.label else self.label
        line = f"{label} {self._when()}".lstrip()
        if self.views is None:
            return line
        counter = "View count" if english else self.views_label
        return f"{line} \u00a0|\u00a0{counter}: {self.views if views is None else views}"

    def text(self, views: int | None = None) -> str:
        """Return the article as plain text: section, title, header line, lead and blocks, no newline at the end."""
        lead = (self.lead,) if self.lead else ()
        return "\n\n".join((self.section, f"{self.title}\n{self.header(views)}", *lead, *self.blocks))

    def _when(self) -> str:
        day, hour = self.published, (self.published.hour - 1) % 12 + 1
        half = f"{day:%M} {('AM', 'PM')[day.hour // 12]}"
        return {
            "24h": f"{day:%d/%m/%Y | %H:%M}",
            "12h": f"{day:%d/%m/%Y} | {hour}:{half}",
            "12h padded": f"{day:%d/%m/%Y} | {hour:02}:{half}",
            "clock first": f"{day:%H:%M %d/%m/%Y}",
            "dashes": f"{day:%d-%m-%Y, %H:%M} (GMT+7)",
        }[self.show_time]


SUBJECTS = (
    ("UBND phường {ward} {verb} công tác giải phóng mặt bằng", "ubnd-phuong-{slug}-{turn}-giai-phong-mat-bang"),
    ("Đảng ủy phường {ward} {verb} nhiệm vụ xây dựng Đảng", "dang-uy-phuong-{slug}-{turn}-xay-dung-dang"),
    ("Phường {ward} {verb} đợt tổng vệ sinh môi trường", "phuong-{slug}-{turn}-tong-ve-sinh-moi-truong"),
    ("Hội Phụ nữ phường {ward} {verb} phong trào thi đua", "hoi-phu-nu-phuong-{slug}-{turn}-phong-trao"),
    ("Phường {ward} {verb} công tác tiêm chủng mở rộng", "phuong-{slug}-{turn}-tiem-chung-mo-rong"),
    ("Công an phường {ward} {verb} chuyển đổi số về dân cư", "cong-an-phuong-{slug}-{turn}-chuyen-doi-so"),
)
VERBS = (("sơ kết", "so-ket"), ("triển khai", "trien-khai"), ("tổng kết", "tong-ket"), ("kiểm tra", "kiem-tra"))
WARDS = (("Hoa Sữa", "hoa-sua"), ("Bến Trăng", "ben-trang"), ("Gò Mây", "go-may"), ("Cầu Vồng", "cau-vong"))
PEOPLE = ("Trần Thu Khuê", "Lê Đình Vọng", "Phạm Bích Nhạn", "Hoàng Gia Tựu", "Vũ Thị Thoan", "Đỗ Quang Nghị")
ROLES = ("Bí thư Đảng ủy", "Chủ tịch UBND phường", "Phó Chủ tịch HĐND phường", "Chủ tịch MTTQ phường")
OPENINGS = blocks("""
Sáng ngày {day}, tại hội trường tầng 2 trụ sở, phường {ward} tổ chức hội nghị đánh giá kết quả thực hiện nhiệm vụ trong
kỳ và triển khai phương hướng thời gian tới. Đồng chí {person} - {role} chủ trì hội nghị.

Thực hiện kế hoạch số {number}/KH-UBND của quận Sông Hồng, ngày {day}, phường {ward} ra quân đồng loạt tại {few} tổ dân
phố với sự tham gia của các ban, ngành, đoàn thể và đông đảo nhân dân trên địa bàn.

Chiều ngày {day}, đồng chí {person} - {role} cùng đoàn công tác đã kiểm tra thực tế tại cơ sở và làm việc với cấp ủy,
ban điều hành {few} tổ dân phố của phường {ward}.
""")
MIDDLES = blocks("""
Báo cáo tại hội nghị cho thấy, trong kỳ toàn phường đã hoàn thành {few}/{many} chỉ tiêu được giao; thu ngân sách đạt
{percent}% dự toán; tiếp nhận và giải quyết {number} hồ sơ thủ tục hành chính, trong đó tỷ lệ đúng hạn và trước hạn đạt
{percent}%. An ninh chính trị, trật tự an toàn xã hội trên địa bàn được giữ vững.

Các đại biểu đã thẳng thắn thảo luận, làm rõ những tồn tại, hạn chế; nguyên nhân chủ quan là công tác phối hợp giữa các
bộ phận có lúc chưa chặt chẽ, việc tuyên truyền ở một số tổ dân phố còn chưa thường xuyên.

Tính đến nay, phường đã vận động được {number} hộ dân tự nguyện tháo dỡ mái che, bục bệ vi phạm; trồng mới {many} cây
xanh, lắp đặt {few} camera an ninh bằng nguồn xã hội hóa, góp phần xây dựng tuyến phố văn minh đô thị.

Công tác an sinh xã hội được quan tâm: trao {many} suất quà cho hộ nghèo, hộ cận nghèo với tổng trị giá {number} triệu
đồng; thăm hỏi {few} gia đình chính sách, người có công trên địa bàn phường.

Hội nghị đã biểu quyết thông qua nghị quyết với tỷ lệ {percent}% đại biểu tán thành, giao Văn phòng phường hoàn thiện
văn bản và đôn đốc các đơn vị thực hiện đúng tiến độ.
""")
CLOSINGS = blocks("""
Phát biểu kết luận, đồng chí {person} yêu cầu các chi bộ, tổ dân phố tiếp tục phát huy kết quả đạt được, khắc phục ngay
những hạn chế đã chỉ ra, phấn đấu hoàn thành vượt mức kế hoạch năm.

Thay mặt lãnh đạo phường, đồng chí {person} - {role} ghi nhận, biểu dương sự cố gắng của các lực lượng và đề nghị nhân
dân tiếp tục đồng thuận, chung tay xây dựng phường {ward} sáng - xanh - sạch - đẹp.
""")
LIFERAY_SECTIONS = (("tin-noi-bat", "Tin nổi bật"), ("hoat-dong-cac-phuong", "Hoạt động các phường"))
NEWSZONE_SECTIONS = (
    ("tin-tuc-su-kien-noi-bat", "Tin tức - Sự kiện nổi bật"),
    ("dang-doan-the", "Đảng - Đoàn thể"),
    ("van-hoa-xa-hoi", "Văn hóa - Xã hội"),
)


def make_articles(count: int) -> tuple[PracticeArticle, ...]:
    """Return `count` articles from templates, both generations in turn, the same on every call.

    A longer series begins with the shorter one.
    """
    return tuple(islice(_series(), count))


def _series() -> Iterator[PracticeArticle]:
    number = 0
    while True:
        yield _liferay(number)
        yield _newszone(number)
        number += 1


def _liferay(number: int) -> PracticeArticle:
    chance = Random(f"liferay {number}")
    published = at("2021-03-31 17:45") - timedelta(days=number, minutes=chance.randint(0, 500))
    ward, title, slug = _subject(chance, published)
    section_path, section = LIFERAY_SECTIONS[number % len(LIFERAY_SECTIONS)]
    lead, *body = _prose(chance, ward, published)
    picture, caption = f"/image/journal/article?img_id={7000 + number}", f"Quang cảnh buổi làm việc, ảnh {number + 1}"
    paragraphs = "".join(f'<p style="text-align: justify;">\n\t{escape(text)}</p>\n' for text in body)
    figure = f'<figure><img alt="" src="{picture}" /><figcaption>{caption}</figcaption></figure>\n'
    return PracticeArticle(
        generation="liferay",
        id=3_100_000 - 9 * number,
        slug=f"{slug}-{number}",
        section_path=section_path,
        section=section,
        title=title,
        published=published,
        views=chance.randint(20, 900),
        lead=lead,
        lead_html=escape(lead),
        body_html=paragraphs + figure,
        blocks=(*body, caption),
        captions=(caption,),
        images=((picture, caption, None),),
        author="Ban biên tập",
    )


def _newszone(number: int) -> PracticeArticle:
    chance = Random(f"newszone {number}")
    published = at("2026-08-11 16:20") - timedelta(
        days=number // 2, hours=5 * (number % 2), minutes=chance.randint(0, 90)
    )
    ward, title, slug = _subject(chance, published)
    section_path, section = NEWSZONE_SECTIONS[number % len(NEWSZONE_SECTIONS)]
    lead, *body = _prose(chance, ward, published)
    picture, caption = f"/media/2790/2026/anh-{number + 1}.jpg", f"Các đại biểu dự hội nghị (ảnh {number + 1})"
    figure = (
        f'<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="{picture}" alt="{title}" /></div>'
        f'<figcaption class="PhotoCMS_Caption"><p>{caption}</p></figcaption></figure>\n'
    )
    return PracticeArticle(
        generation="newszone",
        id=f"2790{published:%y%m%d%H%M}{chance.randint(10_000, 59_999)}",
        slug=f"{slug}-{number}",
        section_path=section_path,
        section=section,
        title=title,
        published=published,
        label="",
        show_time="clock first",
        lead=lead,
        lead_html=escape(lead),
        body_html=figure + "".join(f"<p>{escape(text)}</p>\n" for text in body),
        blocks=(caption, *body),
        captions=(caption,),
        images=((picture, caption, title),),
        author=chance.choice(PEOPLE),
        frame="detail" if number % 4 else "plain",
    )


def _subject(chance: Random, published: datetime) -> tuple[str, str, str]:
    title, slug = chance.choice(SUBJECTS)
    (verb, turn), (ward, ward_slug) = chance.choice(VERBS), chance.choice(WARDS)
    return (
        ward,
        title.format(ward=ward, verb=verb) + f" tháng {published:%m/%Y}",
        slug.format(slug=ward_slug, turn=turn) + f"-thang-{published:%m-%Y}",
    )


def _prose(chance: Random, ward: str, published: datetime) -> list[str]:
    person, role = chance.choice(PEOPLE), chance.choice(ROLES)
    texts = (chance.choice(OPENINGS), *chance.sample(MIDDLES, chance.randint(2, 5)), chance.choice(CLOSINGS))
    return [
        text.format(
            day=f"{published:%d/%m}",
            ward=ward,
            person=person,
            role=role,
            number=chance.randint(60, 990),
            few=chance.randint(3, 19),
            many=chance.randint(20, 59),
            percent=chance.randint(71, 100),
        )
        for text in texts
    ]
