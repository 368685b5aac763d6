"""The language of a text."""

import re

VIETNAMESE_LETTER = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_JUDGED_BY, _OFTEN_ENOUGH = 2_000, 500
_SHARE = 0.04
"""Vietnamese letters among all letters; in Vietnamese a fifth and more are such."""
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|for|on|is)\b", re.IGNORECASE)


def language(text: str) -> str:
    """Return the language of a text by how it begins: `vi`, `en`, or `und` (ISO 639) where the letters do not show it.

    The page's own `lang` follows the visitor's session on the portals, not the article.

    >>> language("Ban Chấp hành Đảng bộ phường"), language("Rules for the reception of citizens"), language("2021")
    ('vi', 'en', 'und')
    """
    text = text[:_JUDGED_BY]
    if len(VIETNAMESE_LETTER.findall(text, 0, _OFTEN_ENOUGH)) > len(text) * _SHARE:  # whatever follows
        return "vi"
    letters = sum(map(str.isalpha, text))
    if not letters:
        return "und"
    if len(VIETNAMESE_LETTER.findall(text)) > letters * _SHARE:
        return "vi"
    return "en" if len(_ENGLISH.findall(text)) >= max(1, letters // 200) else "und"
