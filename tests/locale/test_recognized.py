from __future__ import annotations

from gettext import NullTranslations
from time import process_time

import pytest

from wardnews import locale
from wardnews.locale import recognized as module
from wardnews.locale.recognized import recognized

MOST_SECONDS = 2.0
"""Ten times what the slowest takes; trying all ways to part it would take minutes."""


class Catalogue(NullTranslations):
    _catalog = {  # noqa: RUF012 - as gettext has it
        "Hello {name}": "Chào {name}",
        "Good evening {name}, and {rest}": "{rest}. Chào buổi tối {name}",
        "twice {name} and {name}": "hai {name}",
        "the two of you": "hai bạn",
        "{count} of {folder}": "{count} trong {folder}",
        "{key}: {what}": "{key}: {what}",
        "{before} or {name}": "{before} hoặc {name}",
    }

    def gettext(self, message: str) -> str:
        return self._catalog.get(message, message)


def test_a_kept_sentence_is_put_into_the_language_by_the_message_it_was_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "catalogue", lambda _code: Catalogue())
    monkeypatch.setattr(module, "_", Catalogue().gettext)
    module._templates.cache_clear()  # noqa: SLF001
    kept = "Good evening Lan (a.b), and Hello the two of you"
    assert recognized(kept) == kept
    with locale.speaking("vi"):
        assert recognized(kept) == "Chào hai bạn. Chào buổi tối Lan (a.b)"
        assert recognized("twice Lan and Lan") == "hai Lan"
        assert recognized("Hello Lan, twice Minh and Minh; Hello Vy") == "Chào Lan, hai Minh; Chào Vy"
        assert recognized("5 of a") == "5 trong a"
        assert recognized("file: Hello Lan") == "file: Chào Lan"
        for unknown in ("Hullo Minh", "twice Lan and Minh", "", "Hello ", "none of a", "Lan or Minh"):
            assert recognized(unknown) == unknown
    module._templates.cache_clear()  # noqa: SLF001


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


@pytest.mark.parametrize(
    "text", ["a, b; " * 80, "tin: 1 new, 2 s; " * 28, "{0}: {0} of {0}, " * 28, "x" * 100_000], ids=lambda one: one[:8]
)
def test_what_strangers_wrote_takes_no_time_to_recognize(text: str) -> None:
    with locale.speaking("vi"):
        recognized("")
        began = process_time()
        recognized(text + "\0")
        assert process_time() - began < MOST_SECONDS
