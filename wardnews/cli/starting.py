"""The command that sets up a folder to crawl in: `init`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zlib import crc32

import typer

from wardnews.cli.output import say
from wardnews.errors import UsageError, reason
from wardnews.locale import _, any_of

if TYPE_CHECKING:
    from wardnews.sites import Site

_SITES, _ENVIRONMENT, _CRONTAB = "portals.toml", "wardnews.env", "crontab"
_HEAD = """\
# Portals of your own: name and url are enough. `wardnews probe URL` drafts an entry and says how the portal is read.
"""
_HOURS = {"hour": "*", "day": "3"}
"""How often, and what cron's field for hours says of it."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to make, or an empty one.")],
    *,
    portals: Annotated[
        str | None, typer.Option(metavar="SITES", help="Keys, names or addresses, with commas between.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="An e-mail or web address of yours, sent with every request.")
    ] = None,
    every: Annotated[str | None, typer.Option(metavar="hour|day", help="How often cron starts a crawl.")] = None,
) -> None:
    """Set up a folder for a scheduled crawl: a sites file, your contact, a line for cron. Asks for what is not given.

    Example: wardnews init archive
    Example: wardnews init archive --portals "hanoi-phucloi, Việt Hưng" --contact luutru@example.org --every day
    """
    from wardnews import __version__
    from wardnews.middlewares.contact import user_agent

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("{folder}: there is something already; name a folder that is new or empty", folder=folder)
    portals = portals or typer.prompt(_("Which portals? Keys, names or addresses, with commas between"))
    keys, own = _portals([name.strip() for name in str(portals).split(",") if name.strip()])
    contact = str(contact or typer.prompt(_("Whom can people ask? Your e-mail or web address"))).strip()
    user_agent(__version__, contact)
    every = every or typer.prompt(_("Look for news every hour or every day?"), default="hour")
    if every not in _HOURS:
        raise UsageError("--every {every}: expected {choice}", every=every, choice=any_of(_HOURS))
    line = _cron_line(folder.resolve(), keys, every)
    files = {
        _SITES: "\n".join([_HEAD, *own]),
        _ENVIRONMENT: f"export WARDNEWS_CONTACT={shlex.quote(contact)}\n",
        _CRONTAB: f"WARDNEWS_CONTACT={contact}\n{line}\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError("cannot write {file}: {reason}", file=error.filename, reason=reason(error)) from error
    say(_("{folder}: {files}. What comes next:").format(folder=folder, files=", ".join(files)))
    say(f"  cd {shlex.quote(str(folder))} && . ./{_ENVIRONMENT}")
    first = _("a first look")
    say(f"  wardnews crawl {' '.join(keys)} --sites {_SITES} --sample 3    # {first}")
    put = _("put the two lines of {file} there").format(file=_CRONTAB)
    say(f"  crontab -e                                      # {put}")


def _portals(typed: list[str]) -> tuple[list[str], list[str]]:
    """Return the keys of portals, and entries for a sites file of those whose address nobody knows yet.

    Raises UsageError for none, or a name that fits none or several.
    """
    from wardnews.sites import choose, is_web, load_sites, search

    if not typed:
        raise UsageError("name at least one portal; `wardnews sites` lists them")
    known = load_sites()
    keys, own = [], []
    for name in typed:
        if is_web(name) and not search(known.values(), name):
            key, entry = _drafted(name, known)
            own.append(entry)
        else:
            key = choose(known, [name])[0].key
        keys.append(key)
    return list(dict.fromkeys(keys)), list(dict.fromkeys(own))


def _drafted(url: str, known: "dict[str, Site]") -> tuple[str, str]:
    """Return the key and the entry of a portal that is known by its address alone."""
    from urllib.parse import urlsplit

    from wardnews.spiders.probe import Probed

    host, probed = urlsplit(url).netloc, Probed(url)
    key = probed.key if probed.key not in known else f"own-{probed.key}"
    return key, f'[{key}]\nname = "{host}"\nurl = "{urlsplit(url).scheme}://{host}/"\n'


def _cron_line(folder: Path, keys: list[str], every: str) -> str:
    """Return the line for cron; the minute is made of the folder's name, so that not all ask at the full hour."""
    command = Path(sys.executable).with_name("wardnews")
    program = shlex.quote(str(command)) if command.exists() else f"{shlex.quote(sys.executable)} -m wardnews"
    crawl = f"{program} crawl --due {' '.join(keys)} --sites {_SITES} --quiet"
    line = (
        f"cd {shlex.quote(str(folder))} && {crawl} 2> crawl.err "
        f'|| echo "wardnews: exit status $?, see crawl.err in "{shlex.quote(str(folder))}'
    )
    return f"{crc32(str(folder).encode()) % 60} {_HOURS[every]} * * * {line}".replace("%", r"\%")
