"""The language of a text."""

import re
from itertools import islice

VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_JUDGED_BY = 2_000
_SHARE = 0.04
"""Of the letters of a Vietnamese text more than so many are of Vietnamese alone."""
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|for|on|is)\b", re.IGNORECASE)


def language(text: str) -> str:
    """Return the language of a text by how it begins: `vi`, `en`, or `und` (ISO 639) where the letters do not show it.

    The page's own `lang` follows the visitor's session on the portals, not the article.

    >>> language("Ban Chấp hành Đảng bộ phường"), language("Rules for the reception of citizens"), language("2021")
    ('vi', 'en', 'und')
    """
    text = text[:_JUDGED_BY]
    # Letters are counted only where the text, with all that is none, does not show it: most texts begin clearly enough.
    enough = int(len(text) * _SHARE) + 1
    if sum(1 for _ in islice(VIETNAMESE_LETTER.finditer(text), enough)) == enough:
        return "vi"
    letters = sum(map(str.isalpha, text))
    if not letters:
        return "und"
    if len(VIETNAMESE_LETTER.findall(text)) > letters * _SHARE:
        return "vi"
    return "en" if len(_ENGLISH.findall(text)) >= max(1, letters // 200) else "und"
