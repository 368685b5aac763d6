"""Articles and listings of the older generation, as its news portlet shows them."""

from html import escape
from urllib.parse import urlencode

from wardnews.demo.articles import PORTLET_QUERY, PracticeArticle
from wardnews.demo.liferay_parts import ENGLISH, JSP_SPACE, Section, Words, crumbs, cut, portlet_101, title

LONGEST_MENU = 25  # Liferay's search.container.page.iterator.max.pages


def detail(
    article: PracticeArticle, section: Section, views: int, words: Words, neighbours: list[PracticeArticle]
) -> str:
    """Return the main column of an article."""
    lead = "" if article.lead_html is None else SAPO.format(lead=article.lead_html)
    author = UPLOADER.format(name=escape(article.author)) if article.author else ""
    content = (
        f'<div>{JSP_SPACE}<div class="asset-full-content-title">{title(article)}</div>\n\n'
        f"{_date_line(article, views, words)}\n"
        f'<div class="asset-full-content  show-asset-title">\n\t<!-- {JSP_SPACE} -->\n'
        f'\t<div class="asset-content" id="_101_{article.id}">{JSP_SPACE}{lead}\n'
        f'<div class="journal-content-article">\n\t{article.body_html}\n{author}\n</div>\n'
        f"\t</div>\n</div>\n{_controls(article, words)}{_related(neighbours, words)}</div>"
    )
    return crumbs(section) + portlet_101(section, content)


SAPO = '<div class="sapo-wrapper clearfix">\n\t<p class="sapo">\n\t\t<strong>{lead}</strong>\n\t</p>\n</div>\n'
UPLOADER = '<p align="right" class="view-content-author">\n\t<strong><em>{name}</em></strong>\n</p>'


def _date_line(article: PracticeArticle, views: int, words: Words) -> str:
    line = escape(article.header(views, english=words is ENGLISH)).replace(" \u00a0|\u00a0", "\n\t\n\t&nbsp;|&nbsp;")
    return f'<div class="assetPublishDate block_timer">\n\t\n\t\t\n\t\t\t{line}\n\t\t \n\t\n</div>'


def _controls(article: PracticeArticle, words: Words) -> str:
    pop_up = escape(article.long_path.replace("p_p_state=normal", "p_p_state=pop_up") + "&_101_viewMode=print")
    return (
        '<div class="asset-control-detail">\n<span class="print-action">'
        f'<a href="javascript:_101_printPage_0();" class=" taglib-icon" id="_101_rjus_column1_1">'
        f'<span class="taglib-text ">{words.printing}</span></a></span>\n'
        f'<span class="print-action"><a href="{pop_up}" target="_blank" rel="nofollow">{words.printing}</a></span>\n'
        f'<span class="mailto-action"><a href="mailto:?subject={article.slug}" class=" taglib-icon">'
        f'<span class="taglib-text ">{words.mailing}</span></a></span>\n</div>\n'
    )


def _related(neighbours: list[PracticeArticle], words: Words) -> str:
    links = "".join(f'<li><a href="{other.path}">{title(other)}</a></li>\n' for other in neighbours)
    return (
        f'<div class="related_asset">\n<div class="related_asset_title">{words.related}</div>\n'
        f'<ul class="related_asset_list">\n{links}</ul>\n</div>\n'
    )


def abstract(article: PracticeArticle, section: Section, views: int, words: Words, *, focus: bool) -> str:
    """Return the entry of an article in a listing."""
    link = escape(article.long_path if section.long_links else article.path)
    picture = article.images[0][0] if article.images else ""
    image = f'<div class="asset-image">\n<a href="{link}"><img src="{escape(picture)}" alt=""/></a>\n</div>\n'
    heading = f'<h3 class="asset-title">\n\t<a href="{link}">{title(article)}</a>\n</h3>\n'
    date, summary = _date_line(article, views, words), cut(article, 300)
    image = image if picture else ""
    if focus:
        inner = (
            f'<div class="asset-content focus-news">\n{image}<div class="asset-right-content">\n'
            f'{heading}{date}\n<div class="asset-desc">\n{summary}\n</div>\n</div>\n</div>'
        )
    else:
        style = "" if picture else ' style="margin-left: 0"'
        inner = (
            f'<div class="asset-content normal-news">\n{image}<div class="asset-content-custom"{style} >\n'
            f'{heading}{date}\n<div class="asset-summary">\n{summary}\n</div>\n</div>\n</div>'
        )
    return (
        f'\n<div class="asset-bounddary">\n<div class="asset-abstract ">\n<!-- <div class="asset_actions_custom_style">'
        f'{JSP_SPACE}</div> -->\n{inner}\n<div class="asset-metadata">\n</div>\n</div>\n</div>\n'
    )


def pager(section: Section, current: int, delta: int, total: int, words: Words) -> str:
    """Return the pager below a listing of `total` articles."""
    pages = max(1, -(-total // delta))
    opening = '<div class="taglib-page-iterator" id="_101_ocerSearchContainerPageIterator">\n'
    if pages == 1:
        return f'{opening}<small class="search-results">\n{words.found.format(total=total)}\n</small>\n</div>\n'
    first = min((current - 1) * delta + 1, total)
    showing = words.showing.format(first=first, last=min(current * delta, total), total=total)
    buttons = (
        _button("first", words.first, _page_link(section, 1, delta) if current > 1 else "")
        + _button("", words.previous, _page_link(section, current - 1, delta) if current > 1 else "")
        + _button("", words.next, _page_link(section, current + 1, delta) if current < pages else "")
        + _button("last", words.last, _page_link(section, pages, delta) if current < pages else "")
    )
    return (
        f'{opening}<div class="clearfix lfr-pagination">\n{_dropdown(section, current, delta, pages)}</div>\n'
        f'<small class="search-results">\n{showing}\n</small>\n'
        f'<ul class="pager lfr-pagination-buttons">\n{buttons}</ul>\n</div>\n'
    )


def _dropdown(section: Section, current: int, delta: int, pages: int) -> str:
    first = max(1, min(current - LONGEST_MENU // 2, pages - LONGEST_MENU + 1))
    choices = "".join(
        f'<li class="custom-paging" role="presentation">\n<a href="{_page_link(section, page, delta)}"'
        f' class=" taglib-icon" id="_101_kldx_column1_1_menu_{page}" role="menuitem" >\n'
        f'<span class="taglib-text-icon">{page}</span>\n</a>\n</li>\n'
        for page in range(first, min(pages, first + LONGEST_MENU - 1) + 1)
    )
    return (
        '<div class="lfr-pagination-config">\n<div class="lfr-pagination-page-selector">\n'
        '<div class="btn-group lfr-icon-menu current-page-menu custom-paging">'
        '<a class="dropdown-toggle direction-down max-display-items-15 btn" href="javascript:;"'
        f' id="_101_kldx_column1_1_menu" title=" {current} "><span class="lfr-icon-menu-text"> {current} </span>'
        f'<i class="caret"></i> </a><ul class="dropdown-menu lfr-menu-list direction-down">\n{choices}</ul></div>\n'
        '</div>\n<div class="lfr-pagination-delta-selector">\n<div style="margin-right: 5px"> Trang </div>\n</div>\n'
        "</div>\n"
    )


def _button(kind: str, text: str, link: str) -> str:
    kinds = (f"disabled {kind}".strip() if not link else f" {kind}") if kind or not link else ""
    return f'<li class="{kinds}">\n<a href="{link or "javascript:;"}" target="_self"> {text} </a>\n</li>\n'


def _page_link(section: Section, page: int, delta: int) -> str:
    query = PORTLET_QUERY | {
        "p_p_col_pos": "1",
        "p_p_col_count": "2",
        "_101_delta": str(delta),
        "_101_keywords": "",
        "_101_advancedSearch": "false",
        "_101_andOperator": "true",
        "p_r_p_564233524_resetCur": "false",
        "_101_cur": str(page),
    }
    return escape(f"/{section.path}?{urlencode(query)}")
