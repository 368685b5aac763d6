"""The endings of names of kept files, by media type: their own names are others' and are never used."""

_OOXML, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
_ENDINGS = {
    "application/pdf": ".pdf",
    f"{_OOXML}wordprocessingml.document": ".docx",
    f"{_OOXML}spreadsheetml.sheet": ".xlsx",
    f"{_OOXML}presentationml.presentation": ".pptx",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    f"{_ODF}text": ".odt",
    f"{_ODF}spreadsheet": ".ods",
    f"{_ODF}presentation": ".odp",
    "application/rtf": ".rtf",
    "application/zip": ".zip",
    "application/vnd.rar": ".rar",
    "application/x-7z-compressed": ".7z",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "video/mp4": ".mp4",
    "audio/mpeg": ".mp3",
    "text/plain": ".txt",
}


def ending_of(media_type: str | None) -> str:
    """Return the ending for files of a media type; `.bin` for what may run, such as a page with scripts.

    >>> ending_of("application/pdf"), ending_of("text/html"), ending_of(None)
    ('.pdf', '.bin', '.bin')
    """
    return _ENDINGS.get(media_type or "", ".bin")
