"""The languages that people are spoken to in: English stands in the code, others in catalogues of gettext beside this.

`make messages` brings the catalogues in step with the code; `glossary.md` says how a term is put.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

DOMAIN, FOLDER = "wardnews", Path(__file__).parent
SOURCE = "en"
LANGUAGES = {SOURCE: "English", "vi": "Tiếng Việt"}
"""The languages by their codes, each by its own name."""
_current: ContextVar[str | None] = ContextVar("language", default=None)
_process = [SOURCE]
"""The language of the process, which its threads have in common."""
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?")
_LONGEST = 500


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _current.get() or _process[0]


def use(code: str) -> None:
    """Speak a language from now on, in the whole process; one that is not known is English."""
    _process[0] = code if code in LANGUAGES else SOURCE
    catalogue(language())  # read while files can be opened: what is said of a machine that has no means needs it


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language as long as the block lasts."""
    token = _current.set(code if code in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str) -> str:
    """Return a message in the language that is spoken."""
    return catalogue(language()).gettext(message) if message else ""  # a catalogue tells of itself under no name


def ngettext(one: str, many: str, number: int) -> str:
    """Return the message for a number in the language that is spoken."""
    return catalogue(language()).ngettext(one, many, number)


def gettext_noop(message: str) -> str:
    """Return a message as it is, for `make messages` to find it: it is put into another language where it is shown."""
    return message


class Phrase:
    """A sentence or a part of one: in English by str(), in the language that is spoken by `translated()`.

    Its `{named}` places are filled from the values, as str.format does it; one without values stands as it is.

    >>> nothing = Phrase("{path}: {why}", path="news.toml", why=Phrase("No such file or directory"))
    >>> with speaking("vi"):
    ...     str(nothing), nothing.translated()
    ('news.toml: No such file or directory', 'news.toml: không có tệp hay thư mục này')
    """

    def __init__(self, message: str, /, **values: object) -> None:
        self.message = message
        self.values = {name: one if isinstance(one, str) else _plain(one) for name, one in values.items()}

    def __str__(self) -> str:
        return self.message.format_map(self.values) if self.values else self.message

    def translated(self) -> str:
        """Return the sentence in the language that is spoken, and with it the messages among its values."""
        values = {name: one.translated() if isinstance(one, Phrase) else one for name, one in self.values.items()}
        return _(self.message).format_map(values) if values else _(self.message)


def _plain(value: object) -> "str | float | Phrase":
    """Return a value as what other processes can have; of an error its words, for it holds on to all that it met.

    What the system or a library says is a message too: the usual ones are translated.
    """
    if isinstance(value, int | float):
        return value
    if isinstance(value, Phrase):
        return Phrase(value.message, **value.values) if isinstance(value, Exception) else value
    if isinstance(value, OSError) and value.strerror and isinstance(value.filename, str):
        said = Phrase(
            "[Errno {number}] {reason}: {file!r}",
            number=value.errno,
            reason=Phrase(value.strerror),
            file=value.filename,
        )
        if str(said) == str(value):
            return said
    return Phrase(str(value)) if isinstance(value, Exception) else str(value)


def any_of(names: Iterable[str]) -> Phrase | str:
    """Return names as a choice.

    >>> str(any_of(["s3://", "gs://", "file://"])), any_of(["file://"])
    ('s3:// or gs:// or file://', 'file://')
    """
    choice: Phrase | str = ""
    for name in names:
        choice = Phrase("{before} or {name}", before=choice, name=name) if choice else name
    return choice


def joined(parts: Iterable[object], between: str) -> Phrase:
    """Return messages as one, with a sign between them that languages share.

    >>> str(joined([Phrase("{count} pages", count=2), "{braces}"], "; "))
    '2 pages; {braces}'
    """
    named = {f"part{number}": part for number, part in enumerate(parts)}
    return Phrase(between.join(f"{{{name}}}" for name in named), **named)


def translated(what: object) -> str:
    """Return what a person is shown of something: a message, as errors are, in the language that is spoken."""
    return what.translated() if isinstance(what, Phrase) else str(what)


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the messages of a language; those of English are what stands in the code."""
    return NullTranslations() if code == SOURCE else translation(DOMAIN, FOLDER, [code])


def preferred(accepted: str) -> str | None:
    """Return the language that a browser's Accept-Language likes best of those there are; None where it likes none.

    >>> preferred("vi-VN,vi;q=0.9,en;q=0.8"), preferred("fr, en;q=0.5"), preferred("de"), preferred("")
    ('vi', 'en', None, None)
    """
    liked = []
    for part in accepted[:_LONGEST].split(","):
        found = _RANGE.fullmatch(part)
        if found and found[1].lower() in LANGUAGES and (weight := float(found[2] or 1)):
            liked.append((weight, found[1].lower()))
    return max(liked, key=lambda one: one[0])[1] if liked else None


def of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of a terminal, as gettext finds it.

    >>> of_environment({"LANG": "vi_VN.UTF-8"}), of_environment({"LANG": "vi_VN", "LC_ALL": "C"}), of_environment({})
    ('vi', 'en', 'en')
    """
    said = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    wanted = [said]
    if said.partition(".")[0] not in ("", "C", "POSIX"):  # as in gettext, where LANGUAGE holds only for a locale
        wanted = [*environment.get("LANGUAGE", "").split(":"), said]
    codes = [re.split(r"[_.@]", one)[0].lower() for one in wanted]
    return next((code for code in codes if code in LANGUAGES), SOURCE)


def number(value: float, digits: int = 0) -> str:
    """Write a number with its thousands set off: 12.345 in Vietnamese, 12,345 in English."""
    written = f"{value:,.{digits}f}"
    return written.translate(_VIETNAMESE) if language() == "vi" else written


_VIETNAMESE = str.maketrans(",.", ".,")


def day(when: str) -> str:
    """Write the day of an ISO date or time, and its time where it has one, as both languages do here.

    >>> day("2021-04-05"), day("2021-04-05T17:15+07:00"), day("2021-04")
    ('05/04/2021', '05/04/2021 17:15', '04/2021')
    """
    date = "/".join(reversed(when[:10].split("-")))
    return f"{date} {when[11:16]}" if len(when) > 10 else date  # noqa: PLR2004 - the length of a date


def short_day(when: object) -> str:
    """Write the day of a date, or of an ISO date or time, for a terminal: 05/04/2021 in Vietnamese, else 2021-04-05."""
    written = str(when)[:10]
    return day(written) if language() == "vi" else written
