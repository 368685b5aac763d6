"""What pages are known by, written anew where that is made otherwise now: by another version, or by other hosts."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from wardnews.items import record_id
from wardnews.sites import Site
from wardnews.store.frontier import Frontier
from wardnews.store.locks import wait_for
from wardnews.store.moves import join, keep_id
from wardnews.store.tables import articles, captures, key_forms, listings, pages
from wardnews.store.versions import Versions


@dataclass
class Rewritten:
    """How many pages of a portal are known by another key now, and how many articles were joined to others."""

    pages: int = 0
    joined: int = 0


def rewrite(frontier: Frontier, site: Site) -> Rewritten | None:
    """Write all keys of a portal as they are made now, in one transaction; None where they are so already.

    Articles that have one address by now are joined.
    """
    with frontier.writing(site.key) as connection:
        wait_for(connection, f"keys {site.key}")
        its = key_forms.c.site == site.key
        form = connection.scalar(sa.select(key_forms.c.form).where(its))
        if form == site.form:
            return None
        done, writer = Rewritten(), frontier.versions
        one = [*_pages(connection, site, done), *_ids(writer, site)]
        done.joined = sum(_is_joined(writer, site, *names) for names in one)
        _listings(connection, site)
        _captures(connection, site)
        connection.execute(key_forms.delete().where(its))
        connection.execute(key_forms.insert().values(site=site.key, form=site.form))
    return done


def _pages(connection: Connection, site: Site, done: Rewritten) -> list[tuple[str, str]]:
    """Write the keys of articles and sections anew; return the articles, two by two, that have one address."""
    query = sa.select(pages.c.number, pages.c.kind, pages.c.key, pages.c.article)
    query = query.where(pages.c.site == site.key, pages.c.kind.in_(("article", "section")))
    rows = connection.execute(query.order_by(pages.c.number)).all()
    taken = {(row.kind, row.key): row for row in rows if site.own(row.key) == row.key}
    one = []
    for row in rows:
        key = site.own(row.key)
        if key == row.key:
            continue
        done.pages += 1
        same = taken.setdefault((row.kind, key), row)
        page = pages.update().where(pages.c.number == row.number)
        if same is row:
            connection.execute(page.values(key=key))
            continue
        article = same.article or row.article
        if not same.article and article:
            connection.execute(pages.update().where(pages.c.number == same.number).values(article=article))
        elif row.article and row.article != article:
            one.append((same.article, row.article))
        connection.execute(page.values(state="moved", next_look=None, lists=0, article=article))
    return one


def _is_joined(writer: Versions, site: Site, one: str, other: str) -> bool:
    """Join two articles, as far as they are two by now; the one that was seen first stays."""
    names = {writer.known_as(one), writer.known_as(other)}
    same = articles.c.id.in_(names), articles.c.site == site.key
    query = sa.select(articles.c.id).where(*same).order_by(articles.c.first_seen, articles.c.seq)
    found = list(writer.connection.scalars(query))
    if len(found) > 1:
        join(writer, *found)
    return len(found) > 1


def _ids(writer: Versions, site: Site) -> list[tuple[str, str]]:
    """Let articles that are known by a hash of their address keep it where that would be another now.

    Return the articles, two by two, that have one address.
    """
    query = sa.select(articles.c.id, articles.c.url).where(articles.c.site == site.key)
    rows = [row for row in writer.connection.execute(query) if _is_hash(row.id.removeprefix(f"{site.key}:"))]
    known, one = {row.id for row in rows}, []
    for row in rows:
        name = record_id(site.key, "", site.own(row.url))
        if name != row.id and name in known:
            one.append((name, row.id))
        elif name != row.id and writer.known_as(name) == name:
            keep_id(writer.connection, name, row.id)
    return one


def _is_hash(own: str) -> bool:
    return len(own) == 16 and not own.strip("0123456789abcdef")  # noqa: PLR2004 - as `record_id` makes them


def _listings(connection: Connection, site: Site) -> None:
    """Write the keys of what listings showed anew; of two that are one the first stays."""
    sections = sa.select(pages.c.number).where(pages.c.site == site.key)
    columns = (listings.c.section, listings.c.called, listings.c.key)
    rows = connection.execute(sa.select(*columns).where(listings.c.section.in_(sections))).all()
    taken = {tuple(row) for row in rows}
    for row in rows:
        key = site.own(row.key)
        if key == row.key:
            continue
        its = sa.and_(*(column == value for column, value in zip(columns, row, strict=True)))
        if (row.section, row.called, key) in taken:
            connection.execute(listings.delete().where(its))
        else:
            taken.add((row.section, row.called, key))
            connection.execute(listings.update().where(its).values(key=key))


def _captures(connection: Connection, site: Site) -> None:
    """Write the keys of captures anew."""
    keys = connection.scalars(sa.select(captures.c.key).distinct().where(captures.c.site == site.key)).all()
    for key in keys:
        if (own := site.own(key)) != key:
            same = captures.c.site == site.key, captures.c.key == key
            connection.execute(captures.update().where(*same).values(key=own))
