"""What a practice site is asked and what it answers."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

HTML = "text/html; charset=UTF-8"

# The smallest picture that decodes: one white pixel.
PICTURE = bytes.fromhex(
    "47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b",
)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
}


class Request(NamedTuple):
    """One request as it was received."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""

    @property
    def place(self) -> str:
        """Return the path, decoded, without the query and without a session id."""
        return unquote(urlsplit(self.path).path).partition(";")[0]

    @property
    def query(self) -> dict[str, str]:
        """Return the first value of each query parameter."""
        return first_values(urlsplit(self.path).query)

    @property
    def form(self) -> dict[str, str]:
        """Return the first value of each field of the posted form."""
        return first_values(self.body)

    def header(self, name: str) -> str:
        """Return a header by its name in any letter case, else an empty string."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")

    def cookie(self, name: str) -> str:
        """Return a cookie's value, else an empty string."""
        morsel = SimpleCookie(self.header("Cookie")).get(name)
        return morsel.value if morsel else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is written to the wire; `torn` leaves out the end of the body that it announces."""

    status: int = 200
    body: bytes = b""
    media_type: str = HTML
    headers: tuple[tuple[str, str], ...] = field(default=())
    torn: bool = False


def first_values(query: str) -> dict[str, str]:
    """Return the first value of each name in a urlencoded text."""
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def html(page: str, status: int = 200, *headers: tuple[str, str]) -> Reply:
    """Return a reply that carries a page."""
    return Reply(status, page.encode(), HTML, headers)


def redirect(place: str, status: int = 302, *headers: tuple[str, str]) -> Reply:
    """Return a reply that sends the client elsewhere on the same host."""
    return Reply(status, b"", HTML, (("Location", place), *headers))


def plain(text: str, status: int = 200) -> Reply:
    """Return a reply of plain text."""
    return Reply(status, text.encode(), "text/plain; charset=UTF-8")


def document(place: str) -> Reply:
    """Return a small valid file of the kind that the address names."""
    for extension, media_type in MEDIA_TYPES.items():
        if f".{extension}" in place:
            return Reply(body=PDF if extension == "pdf" else b"practice document\n", media_type=media_type)
    return Reply(body=PICTURE, media_type="image/gif")
