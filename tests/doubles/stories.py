"""What the families' portals tell: stories in pieces, which each CMS prints in its own markup."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from wardnews.demo.articles import at, make_articles, squeeze


@dataclass(frozen=True, slots=True)
class Photo:
    """Hold a picture: its file name and what stands under it."""

    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class Items:
    """Hold the items of a list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Hold the rows of a table."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class File:
    """Hold a file to download: its name and what its link says."""

    name: str
    title: str


Piece = str | Photo | Items | Table | File


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Hold one story as an editor wrote it; `photo` goes with the lead, `body` follows."""

    number: int
    slug: str
    title: str
    published: datetime
    views: int
    lead: str
    body: tuple[Piece, ...]
    photo: Photo | None = None
    author: str | None = None


def _text(text: str) -> str:
    return squeeze(text)


WRITTEN_STORIES = (
    Story(
        number=1,
        slug="phuong-hoa-sua-trao-nha-dai-doan-ket-cho-ho-ngheo",
        title="Phường Hoa Sữa trao nhà đại đoàn kết cho hộ có hoàn cảnh khó khăn",
        published=at("2022-03-11 17:15"),
        views=81,
        author="Lê Thị Mây",
        lead="Sáng ngày 11/3, Ủy ban MTTQ Việt Nam phường Hoa Sữa tổ chức lễ bàn giao nhà đại đoàn kết cho gia đình bà"
        " Vũ Thị Thoan, tổ dân phố số 7.",
        photo=Photo("ban-giao-nha.jpg", "Đại diện phường trao chìa khóa nhà cho gia đình bà Thoan"),
        body=(
            _text("""Căn nhà rộng 36 m², được khởi công từ ngày 05/01, có tổng kinh phí 120 triệu đồng, trong đó Quỹ “Vì
            người nghèo” của phường hỗ trợ 70 triệu đồng, phần còn lại do dòng họ và bà con lối xóm đóng góp."""),
            _text("""Nhân dân tổ dân phố số 7 đã giúp hơn 90 ngày công tháo dỡ nhà cũ, vận chuyển vật liệu và hoàn thiện
            công trình phụ."""),
            Photo("nha-moi.jpg", "Căn nhà mới ở ngõ 12, phố Bến Trăng"),
            _text("""Phát biểu tại buổi lễ, ông Phạm Đăng Khoa, Chủ tịch Ủy ban MTTQ phường mong muốn gia đình sớm ổn
            định cuộc sống, các cháu yên tâm học tập."""),
        ),
    ),
    Story(
        number=2,
        slug="ket-qua-thu-quy-va-thu-ngan-sach-thang-02-2022",
        title="Kết quả thu ngân sách và các quỹ tháng 02/2022 của phường",
        published=at("2022-03-09 08:05"),
        views=246,
        lead="Tổng thu ngân sách trên địa bàn phường tháng 02 đạt 1.284 triệu đồng, bằng 18,6% dự toán năm.",
        body=(
            "Số liệu thu cụ thể theo từng khoản như sau:",
            Table(
                (
                    ("Khoản thu", "Dự toán (triệu đồng)", "Thực hiện"),
                    ("Thuế sử dụng đất phi nông nghiệp", "2.150", "402"),
                    ("Phí, lệ phí", "310", "58"),
                    ("Quỹ Đền ơn đáp nghĩa", "95", "12"),
                )
            ),
            _text("""So với cùng kỳ năm trước, thu phí, lệ phí giảm 6% do nhiều hộ kinh doanh tại chợ Gò Mây tạm nghỉ để
            phòng, chống dịch."""),
            "UBND phường giao các tổ dân phố hoàn thành thông báo mức thu trước ngày 10/4/2022.",
        ),
    ),
    Story(
        number=3,
        slug="lich-tiep-cong-dan-cua-lanh-dao-phuong-quy-ii-2022",
        title="Lịch tiếp công dân của lãnh đạo phường quý II/2022",
        published=at("2022-04-01 00:00"),
        views=1305,
        lead="UBND phường Hoa Sữa thông báo lịch tiếp công dân định kỳ quý II/2022 tại trụ sở, số 9 phố Hoa Sữa.",
        body=(
            "Thời gian tiếp công dân từ 08 giờ 00 đến 11 giờ 30 các ngày thứ Năm hằng tuần:",
            Items(
                (
                    "Ngày 07/4 và ngày 21/4: ông Hoàng Gia Tựu, Chủ tịch UBND phường;",
                    "Ngày 05/5 và ngày 12/5: bà Phạm Bích Nhạn, Phó Chủ tịch UBND phường;",
                    "Ngày 02/6 và ngày 09/6: ông Hoàng Gia Tựu.",
                )
            ),
            "Trường hợp trùng ngày nghỉ lễ, lịch được chuyển sang ngày làm việc kế tiếp.",
            File("lich-tiep-cong-dan-quy-2.pdf", "Lịch tiếp công dân quý II (bản ký)"),
        ),
    ),
    Story(
        number=4,
        slug="ra-quan-tong-ve-sinh-moi-truong-huong-ung-gio-trai-dat",
        title="Ra quân tổng vệ sinh môi trường & hưởng ứng “Giờ Trái đất” năm 2022",
        published=at("2022-02-12 09:40"),
        views=57,
        author="Đoàn Thanh niên phường",
        lead="Hơn 300 đoàn viên, hội viên các đoàn thể phường đồng loạt ra quân dọn vệ sinh tại 21 tổ dân phố.",
        photo=Photo("ra-quan.jpg", "Đoàn viên thanh niên bóc xóa quảng cáo rao vặt"),
        body=(
            _text("""Các lực lượng đã thu gom 4,5 tấn rác thải, phát quang 2,1 km đường đê, bóc xóa 640 quảng cáo
            rao vặt trên tường rào và cột điện."""),
            _text("""Cùng ngày, Đoàn Thanh niên phát động tắt các thiết bị điện không cần thiết từ 20 giờ 30 đến 21 giờ
            30 ngày 26/3."""),
        ),
    ),
    Story(
        number=5,
        slug="thong-bao-tuyen-chon-cong-dan-nhap-ngu-nam-2023",
        title="Thông báo về việc đăng ký nghĩa vụ quân sự lần đầu năm 2022",
        published=at("2022-04-05 14:20"),
        views=418,
        lead="Ban Chỉ huy Quân sự phường thông báo lịch đăng ký nghĩa vụ quân sự cho nam công dân sinh năm 2005.",
        body=(
            _text("""Công dân mang theo căn cước công dân, bản sao giấy khai sinh và phiếu tự khai sức khỏe đến trụ sở
            Ban Chỉ huy Quân sự phường từ ngày 06/4 đến hết ngày 12/4."""),
            "Gia đình có con em đang học tập, làm việc ở xa có thể đăng ký thay qua Cổng dịch vụ công.",
            File("phieu-tu-khai-suc-khoe.doc", "Phiếu tự khai sức khỏe"),
            File("thong-bao-dang-ky.pdf", "Toàn văn thông báo"),
        ),
    ),
    Story(
        number=6,
        slug="hoi-phu-nu-phuong-gioi-thieu-mo-hinh-di-cho-bang-lan",
        title="Mô hình “Đi chợ bằng làn nhựa” của Hội Phụ nữ phường lan tỏa tới 100% chi hội",
        published=at("2022-01-07 10:09"),
        views=99,
        author="Hội LHPN phường",
        lead="Sau một năm triển khai, mô hình đã giúp giảm khoảng 1.200 túi ni-lông mỗi tuần tại chợ Gò Mây.",
        body=(
            "Mô hình được triển khai theo ba bước:",
            Items(
                ("Vận động hội viên ký cam kết;", "Tặng 850 làn nhựa cho hội viên;", "Kiểm tra chéo giữa các chi hội.")
            ),
            Photo("lan-nhua.jpg", "Hội viên chi hội 4 nhận làn nhựa"),
            "Trong năm 2022, Hội phấn đấu nhân rộng mô hình ra hai chợ dân sinh còn lại.",
        ),
    ),
    Story(
        number=7,
        slug="doan-giam-sat-hdnd-lam-viec-voi-truong-tieu-hoc-go-may",
        title="Đoàn giám sát HĐND phường làm việc với Trường Tiểu học Gò Mây",
        published=at("2021-12-08 16:02"),
        views=133,
        lead="Chiều ngày 08/12, đoàn giám sát HĐND phường do bà Trần Thu Khuê làm trưởng đoàn đã làm việc với nhà"
        " trường về công tác bán trú.",
        body=(
            _text("""Trường hiện có 1.046 học sinh bán trú, bếp ăn đạt chuẩn một chiều, hồ sơ nguồn gốc thực phẩm được
            lưu đầy đủ."""),
            _text("""Đoàn giám sát kiến nghị nhà trường bổ sung tủ lưu mẫu thức ăn, công khai thực đơn tuần trước ngày
            thứ Sáu của tuần trước đó."""),
            Table((("Đại diện nhà trường tiếp thu và cam kết thực hiện từ tháng 01/2022.",),)),
        ),
    ),
    Story(
        number=8,
        slug="cong-bo-so-dien-thoai-duong-day-nong-cua-phuong",
        title="Công bố số điện thoại đường dây nóng của phường",
        published=at("2021-11-02 11:30"),
        views=0,
        lead="UBND phường Hoa Sữa công bố số điện thoại tiếp nhận phản ánh của người dân, hoạt động 24/24 giờ.",
        body=(
            "Đường dây nóng của Công an phường: 024.0000.0113; của Trạm Y tế phường: 024.0000.0115.",
            "Phản ánh được trả lời trong thời hạn 02 ngày làm việc.",
        ),
    ),
)
"""The hand-written stories: between them a table, a list, files, pictures, a day alone, no views."""

MADE_STORIES = 9


def stories(shift: int) -> tuple[Story, ...]:
    """Return the stories of one portal, the newest first: the written ones and, from templates, some of its own.

    Portals of another `shift` share the written ones alone.
    """
    first = shift * MADE_STORIES
    series = (article for article in make_articles(2 * (first + MADE_STORIES)) if article.generation == "liferay")
    made = tuple(
        Story(
            number=len(WRITTEN_STORIES) + place,
            slug=article.slug,
            title=article.title,
            published=article.published,
            views=article.views or 0,
            lead=article.lead or "",
            body=(*article.paragraphs, Photo(f"anh-{article.id}.jpg", article.captions[0])),
            author=article.author,
        )
        for place, article in enumerate(islice(series, first, None), start=1)
    )
    return tuple(sorted((*WRITTEN_STORIES, *made), key=lambda story: story.published, reverse=True))
