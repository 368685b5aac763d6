"""The family names of Vietnam that tell a person's name from a place's.

Fourteen of them (Nguyễn, Trần, Lê, Phạm, Hoàng or Huỳnh, Phan, Vũ or Võ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý) are those
of nine in ten persons, after Lê Trung Hoa, *Họ và tên người Việt Nam* (2005). The others are written down from general
knowledge, as lists such as Wikipedia's "Vietnamese name" have them, with names of the Tày, Thái, Mường, H'Mông and
Khmer; no counts of them are at hand.
"""

FAMILY_NAMES = frozenset(
    "An Ân Âu Bá Bạch Bàn Bành Bế Biện Bồ Bùi Ca Cà Cái Cam Cao Cát Cầm Chế Chu Chung Chử Châu Cổ Công Cù Cung Dã "
    "Danh Diêm Diệp Doãn Dương Đái Đàm Đào Đặng Đậu Đèo Điêu Điền Đinh Đoàn Đỗ Đồng Đổng Đường Giả Giang Giàng Giáp "
    "Hà Hạ Hán Hàn Hàng Hầu Hồ Hoa Hoàng Hồng Hứa Huỳnh Kha Khổng Khuất Khúc Khương Kiên Kiều Kim Kỷ La Lã Lạc Lại "
    "Lâm Lăng Lầu Lê Liễu Liêu Lò Lộc Lù Lục Luyện Lữ Lương Lường Lưu Ly Lý Lỳ Ma Mã Mạc Mạch Mai Man Mạnh Mầu Mẫn "
    "Mông Mùa Nghiêm Nghị Ngô Ngân Ngọ Nguyễn Ngụy Nhâm Nhan Nhữ Ninh Nông Ông Phạm Phan Phàng Phí Phó Phù Phùng "
    "Phương Quách Quan Quàng Quản Sái Sầm Sơn Sùng Tạ Tăng Tần Tẩn Tất Thạch Thái Thang Thào Thẩm Thân Thi Thiều "
    "Thịnh Tiêu Tòng Tô Tôn Tống Trà Trang Tráng Triệu Trần Trình Trịnh Trương Từ Tưởng Ty Úc Ứng Uông Vàng Văn Vân "
    "Vi Viên Võ Vòng Vũ Vừ Vương Xa Yên".split()
)
