"""Typer's commands in the language that is spoken: their help, and the sentences that are Typer's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from wardnews.locale import _, gettext_noop
from wardnews.locale.recognized import recognized

if TYPE_CHECKING:
    _Base = TyperCommand
else:
    _Base = object

_ClickError: Any = typer.BadParameter.__mro__[2]
"""The class of all errors in what was typed, which Typer has no public name for."""
NAMES: dict[str, str] = {}
"""What help texts have in braces, by name: words that are no message, such as the names of formats."""
_PANELS = {
    "ARGUMENTS_PANEL_TITLE": gettext_noop("Arguments"),
    "OPTIONS_PANEL_TITLE": gettext_noop("Options"),
    "COMMANDS_PANEL_TITLE": gettext_noop("Commands"),
    "ERRORS_PANEL_TITLE": gettext_noop("Error"),
    "ABORTED_TEXT": gettext_noop("Aborted."),
    "REQUIRED_LONG_STRING": gettext_noop("[required]"),
    "DEFAULT_STRING": gettext_noop("[default: {}]"),
    "RICH_HELP": gettext_noop("Try [blue]'{command_path} {help_option}'[/] for help."),
}
"""What `typer.rich_utils` says, by its names for it."""
_USAGE = gettext_noop("Usage: ")
_HELP_OF_TYPER = (
    gettext_noop("Show this message and exit."),
    gettext_noop("Install completion for the current shell."),
    gettext_noop("Show completion for the current shell, to copy it or customize the installation."),
)
_COMPLAINTS = (
    gettext_noop("Missing command."),
    gettext_noop("Missing argument {name}. {why}"),
    gettext_noop("Missing argument {name}."),
    gettext_noop("Missing option {name}."),
    gettext_noop("No such command {name}."),
    gettext_noop("No such option: {name} (Possible options: {names})"),
    gettext_noop("No such option: {name}"),
    gettext_noop("Option {name} requires an argument."),
    gettext_noop("Option {name} does not take a value."),
    gettext_noop("Got unexpected extra argument(s) ({names})"),
    gettext_noop("Invalid value for {name}: {why}"),
    gettext_noop("Value error, {value} is not one of {names}."),
    gettext_noop("Input should be a valid integer, unable to parse string as an integer"),
    gettext_noop("Input should be less than or equal to {number}"),
    gettext_noop("Input should be greater than or equal to {number}"),
)
"""What Typer says of what was typed, for the catalogues to have it; its words are recognized."""


class _Spoken(_Base):
    """What commands and their group have in common."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.help = _help(self.help)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the arguments and options, with their help; only options that take a value show a type."""
        params: list[Any] = super().get_params(ctx)
        for one in params:
            one.help = _help(getattr(one, "help", None))
            if getattr(one, "is_bool_flag", True):
                one.display_type_rich = _no_type
        return params

    def get_usage(self, ctx: Any) -> str:
        """Return the line that says how to call it."""
        return super().get_usage(ctx).replace(_USAGE, _(_USAGE), 1)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _speak_rich()
        super().format_help(ctx, formatter)


class Command(_Spoken, TyperCommand):
    """A command whose help is in the language that is spoken."""


class Group(_Spoken, TyperGroup):
    """A group of commands whose help is in the language that is spoken, and what is said of anything typed wrong."""

    def make_context(self, *args: Any, **given: Any) -> Any:
        """Return the context of what was typed."""
        with _complaining():
            return super().make_context(*args, **given)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        with _complaining():
            return super().invoke(ctx)


def _no_type(ctx: Any) -> None:
    """Return what help shows of the type of a flag, or of an argument, which has a name for that."""


def _help(text: str | None) -> str | None:
    """Return a help text in the language that is spoken, with the names that belong in it."""
    if not text:
        return text
    words = _(text)
    for name, value in NAMES.items():
        words = words.replace(f"{{{name}}}", value)
    return words


def _speak_rich() -> None:
    """Let what draws help and errors speak the language; it has all that it says in constants."""
    from typer import rich_utils

    for name, message in _PANELS.items():
        setattr(rich_utils, name, _(message))


@contextmanager
def _complaining() -> Iterator[None]:
    """Let errors of Typer's, which it shows when they have left the block, speak the language."""
    try:
        yield
    except (typer.Abort, _ClickError) as error:
        _speak_rich()
        if isinstance(error, _ClickError):
            words = recognized(error.format_message())
            error.format_message = lambda: words
        raise
