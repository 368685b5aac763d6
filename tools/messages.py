"""Bring the catalogues of `wardnews/locale` in step with the code: messages are taken out of it, catalogues compiled.

What `--help` says of commands, arguments and options is taken from the commands themselves.
A message that is new stands in the `.po` file without a translation, one that is gone is taken out. `--check` writes
nothing and says what is not in step. Needs Babel and Jinja2.
"""

import ast
import inspect
import re
import sys
import warnings
from argparse import ArgumentParser
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.utils import get_params_from_function

from wardnews.cli import app

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "wardnews"
CATALOGUES = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/*.po"))
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
_OPTIONS = {
    "**/templates/**.html": {
        "extensions": "jinja2.ext.i18n",
        "newstyle_gettext": "true",
        "trimmed": "true",
        "silent": "false",
    }
}
_PLACE = re.compile(r"%\(\w+\)s|\{[^{}]*\}")
_KEYWORDS = {"_": None, "gettext_noop": None, "ngettext": (1, 2)}


def kinds_of_messages() -> set[str]:
    """Return the names of the classes that take a message to be translated: Phrase, and all exceptions of wardnews."""
    bases: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {one.id for one in node.bases if isinstance(one, ast.Name)}
    found, further = set(), {"Phrase"}
    while further:
        found |= further
        further = {name for name, above in bases.items() if above & found} - found
    return found


def extracted() -> Catalog:
    """Return the messages that stand in the code."""
    found, keywords = Catalog(charset="utf-8"), {**_KEYWORDS, **dict.fromkeys(kinds_of_messages())}
    messages = extract_from_dir(PACKAGE, _METHODS, _OPTIONS, keywords, strip_comment_tags=True)
    with warnings.catch_warnings(action="ignore"):  # of f-strings among the values of a message
        for _, _, message, _, context in messages:
            found.add(message, context=context)
    for message in helps():
        found.add(message)
    return found


def helps() -> Iterator[str]:
    """Return what `--help` says: of each command, of its arguments and options."""
    for one in (app.registered_callback, *app.registered_commands):
        if one and one.callback:
            yield inspect.getdoc(one.callback) or ""
            yield from (param.default.help for param in get_params_from_function(one.callback).values())


def updated(path: Path, messages: Catalog) -> Catalog:
    """Return a catalogue with the messages of the code and the translations that it has of them."""
    language = path.parents[1].name
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=path.stem)
    catalogue.update(messages, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that is translated, by message, without what changes by itself."""
    written = BytesIO()
    write_po(written, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + written.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    written = BytesIO()
    text = BytesIO(as_po(catalogue))
    write_mo(written, read_po(text, locale=catalogue.locale))
    return written.getvalue()


def compiled(content: bytes) -> dict[object, str]:
    """Return the messages of a compiled catalogue, without its head, which tells of Babel and the day."""
    messages: dict[object, str] = GNUTranslations(BytesIO(content))._catalog  # type: ignore[attr-defined]  # noqa: SLF001
    return {key: value for key, value in messages.items() if key}


def in_step(path: Path, catalogue: Catalog) -> bool:
    """Whether a catalogue and its compiled form are what the code makes of them."""
    machine = path.with_suffix(".mo")
    same = machine.exists() and compiled(machine.read_bytes()) == compiled(as_mo(catalogue))
    return same and path.read_bytes() == as_po(catalogue)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the messages that have no translation."""
    missing = []
    for message in catalogue:
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(told):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def misplaced(catalogue: Catalog) -> list[str]:
    """Return the messages whose translation has other places for values than they have."""
    found = []
    for message in catalogue:
        said = message.id if isinstance(message.id, str) else message.id[-1]
        told = message.string if isinstance(message.string, str) else "".join(message.string or ())
        if said and told and set(_PLACE.findall(said)) != set(_PLACE.findall(told)):
            found.append(said)
    return found


def main() -> int:
    """Write the catalogues, or say what is not in step; return the exit status."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    messages, amiss = extracted(), []
    for path in CATALOGUES:
        catalogue = updated(path, messages)
        if check and not in_step(path, catalogue):
            amiss.append(f"{path.relative_to(ROOT)} is not in step with the code: make messages")
        elif not check:
            path.write_bytes(as_po(catalogue))
            path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        amiss += [f"{path.relative_to(ROOT)}: no translation of {one!r}" for one in untranslated(catalogue)]
        amiss += [f"{path.relative_to(ROOT)}: other places for values in {one!r}" for one in misplaced(catalogue)]
    print("\n".join(amiss), file=sys.stderr)
    return int(bool(amiss))


if __name__ == "__main__":
    sys.exit(main())
