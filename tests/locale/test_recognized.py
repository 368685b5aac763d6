from __future__ import annotations

import pytest

from wardnews import locale
from wardnews.locale.recognized import recognized

GREETINGS = ("Hello {name}", "Good evening {name}, and {rest}", "the two of you")
VIETNAMESE = {"Hello {name}": "Chào {name}", "Good evening {name}, and {rest}": "{rest}. Chào buổi tối {name}"}


def test_a_kept_sentence_is_put_into_the_language_by_the_message_it_was_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wardnews.locale.recognized._", lambda message: VIETNAMESE.get(message, message))
    kept = "Good evening Lan (a.b), and Hello Minh"
    assert recognized(kept, GREETINGS) == kept
    with locale.speaking("vi"):
        assert recognized(kept, GREETINGS) == "Chào Minh. Chào buổi tối Lan (a.b)"
        assert recognized("Hullo Minh", GREETINGS) == "Hullo Minh"


def test_a_process_speaks_one_language_but_for_what_is_answered_in_another() -> None:
    try:
        locale.use("vi")
        with locale.speaking("en"):
            assert locale.language() == "en"
        assert locale.number(1200) == "1.200"
        locale.use("fr")
        assert locale.language() == "en"
    finally:
        locale.use(locale.SOURCE)
