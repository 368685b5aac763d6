"""What counts for how much where a page of any make is read: every weight and threshold of the generic reader.

Scores are in points: a title and a date are believed from `ENOUGH` points on. Lengths are in characters, distances in
lines of the page, shares from 0 to 1. What stands in brackets was measured by mutation: how many readings of the
pages in tests/quality (each is read as its system's and as an unknown system's page) get worse where the value is
lowered and raised by 30 %, a whole number by at least 1. [0, 0] says that no page depends on the value at that step.
"""

# --- the title --------------------------------------------------------------------------------------------------------

KNOWN_TITLE = 10.0
"""A title that a selector found."""
NAMED_BY_PAGE = 5.0
"""A line that is what the page names itself for sharing, or its whole `<title>`."""
BEGINS_TITLE = 4.0
"""The beginning of `<title>`, of several words: the rest is the portal."""
CUT_SHORT = 3.5
"""A line that goes on where the title for machines was cut off."""
WITHIN_TITLE = 3.0
"""Words within `<title>`, but for no whole part of it."""
PART_OF_TITLE = 2.5
"""A whole part of `<title>` of several words: it may as well be the section."""
OFFICE_IN_TITLE = 2.0
"""The whole `<title>`, where it ends in an office: then it may be every page's."""
FEW_WORDS_OF_TITLE = 0.8
"""A part of `<title>` of a few words: the section's name, or the portal's."""
BLANKS_OF_SENTENCE = 3
"""More blanks make of words more than a name."""
BLANKS_OF_BEGINNING = 2
"""More blanks at the beginning of `<title>` are of a headline."""
BLANKS_OF_PART = 4
"""More blanks in a part of `<title>` are of a headline."""
HEADING = {1: 3.0, 2: 2.0, 3: 1.5, 4: 1.0}
"""A heading, by its level; lower ones are mere bold type."""
BOLD = 0.7
"""A line all in bold type."""
WHOLLY = 0.9
"""The share of a line that is all of it: a mark or a blank may stand outside of its element."""
NAMED_TITLE = 1.5
"""An element whose name says title."""
LENGTH = 1.0
"""A line of `SENTENCE` characters or more; a shorter one as much less."""
NO_ARTICLE_HERE = 4.0
"""Taken off where `<title>` says that the page is none of an article, and does not name the line."""
ENDS_AS_SENTENCE = 3.0
"""Taken off a line that ends in a mark, or is too long for a title."""
LONGEST_OWN_TITLE = 250
"""More characters outside of links are of a text."""
LEADS_HERE = 3.0
"""A headline that is a link to this very page."""
LINK = 6.0
"""Taken off a link to another page."""
LINK_OF_NAMED_HEADING = 1.0
"""Taken off a link that is a heading which the page's `<title>` names: some portals link it to the old address."""
SURE_MATCH = 4
"""A line that agrees so well with the page's own titles is its title."""
LIKELY_MATCH = 3
"""A line that agrees so well with the page's own titles is no headline of others."""
PORTAL_NAME = 8.0
"""Taken off a portal's name."""
BLANKS_OF_PORTAL = 12
"""A line of as many blanks says more than a portal's name."""
OFFICE_NAME = 3.0
"""Taken off the name of an office: it signs, or stands at the top of every page."""
BLANKS_OF_OFFICE = 6
"""A line that begins with an office and has as many blanks says what it did."""
GENERIC_NAME = 2.0
"""Taken off a general word such as “Tin tức”: a section."""
NO_TITLE = 8.0
"""Taken off what signs an article, asks a question, or names a page that is none of an article."""
FEW_WORDS = 1.0
"""Taken off a line of fewer than `BLANKS_OF_TITLE` blanks, and once more off one of fewer than that less one."""
BLANKS_OF_TITLE = 4
"""Most titles have so many blanks."""
TITLE_WITHIN = 8
"""A line that is no heading and not named by the page is a title only so near to a date."""
TITLE_LINES = 3
"""A title that is broken into several lines goes so far from its first."""
ZONE = {"nav": 4.0, "aside": 4.0, "form": 2.0, "tools": 1.0}
"""Taken off a title or a date that stands in another part of the page."""
MOST_CANDIDATES = 200
"""So many titles, and so many dates, are weighed: bounds the time on pages of thousands."""
MOST_TRIED = 20
"""So many pairs of them are tried: an article's own are among the best few."""

# --- the line that dates the article ----------------------------------------------------------------------------------

KNOWN_DATE = 8.0
"""A header line that a selector found."""
FORM = 3.0
"""A line that a form of header lines reads."""
DATE = 1.0
"""A line with a date in it, of no such form."""
CALENDAR_LEAF = 3.0
"""Day, month and year on three lines, as on a leaf of a calendar."""
LABEL = 2.0
"""A label: “Ngày đăng”."""
VIEWS = 1.5
"""A count of views beside the date: no date of a clock or of an event has one."""
TIME = 1.0
"""The time of day."""
MACHINE_DATE = 1.0
"""A date for machines in the same element."""
UNREAD_WORD = 0.1
"""Taken off for each word that says nothing of a header."""
CHANGED = 4.0
"""Taken off the date of a change, where that of publication stands by it."""
MOST_UNREAD = 8
"""A line with a date and more than so many other words is a sentence."""
MOST_UNREAD_IN_SENTENCE = 2
"""So it is with more than so many where it ends in a full stop: `Hoa Sữa, ngày 05/04/2021.` is none."""
HEADER_ABOVE = 3
"""A header goes on for fewer than so many lines above its date."""
HEADER_BELOW = 4
"""A header goes on for fewer than so many lines below its date."""
TIME_ABOVE = 2
"""The time of a day alone stands so many lines above the title at most."""
TIME_BELOW = 4
"""The time of a day alone stands fewer lines than so many below the title."""

# --- a date to its title ----------------------------------------------------------------------------------------------

BELOW_TITLE = 5.0
"""A date right below the title; one point less for each line that stands between."""
NEAR = 3
"""So many lines between are those of a header: a section, an author, tools."""
MOST_BETWEEN = 5
"""A date with more lines between is near to no title: it may be below the text."""
FARTHER = 0.5
"""A date with a few lines more between."""
HEADLINE_BETWEEN = 4.0
"""Taken off for a link to another article between."""
LONGEST_LINK_BETWEEN = 20
"""A link of more characters is one to another article; of fewer, to a section or an author."""
BELOW_TEXT = 1.0
"""A date at the end of the text."""
BELOW_END = -1.0
"""A date below what ends an article, where the title is sure: it is in a column."""
TEXT_ABOVE = 120
"""A date below so much text stands at its end."""
ABOVE_TITLE = 3.5
"""A date right above the title."""
ABOVE_TITLE_BETWEEN = 1.5
"""Taken off for each line that stands between a date and the title below it."""
MOST_BETWEEN_ABOVE = 2
"""A date with more lines between is not of the title below it."""
CLOCK = 8.0
"""Taken off a date above the title that is today's, as a clock shows it."""
PLAIN = 2.0
"""Taken off a title below its date that nothing marks as one."""
MACHINES_ALONE = 2.0
"""A title with a date for machines and no line that shows it."""
SAYS_ARTICLE = 1.0
"""The page says for machines that it is an article."""
FAR = 300
"""Lines farther apart are of different parts of a page, whatever is between them."""
CLOSE_ELEMENTS = 4
"""Lines that share one of so many elements around each stand together."""
MOST_NAMED = 8
"""The name of a section beside a date has fewer words than so many."""

# --- what is believed -------------------------------------------------------------------------------------------------

ENOUGH = 7.0
"""The score of a title and header line that are believed."""
ENOUGH_WITHOUT_TEXT = 10.0
"""The score of such as are believed where there is hardly any text below them."""
DOUBT = 1.5
"""A date that loses by less is a doubt."""
LEAST_TEXT = 30
"""A text of fewer characters is hardly any."""

# --- links and lists --------------------------------------------------------------------------------------------------

LINKED = 0.6
"""A line with such a share of it in links is a link."""
COLUMN = 9
"""Dates of the same make that stand no more lines than so many apart are of one list."""
COLUMN_OF = 2
"""More dates alike, without a label, are of a list."""
LONGEST_SECTION_LINK = 25
"""A link of more characters in a header line is a headline: the date is that of its article."""
LINKED_DATE = 30
"""A line with a date and more characters in links to other pages is a headline."""
HEADING_ABOVE = 4
"""A heading that is a link, so many lines above a date or fewer, is the date's."""
HEADLINE = 12
"""A heading, or one of several links alike, of so many characters is a headline."""
HEADLINE_ABOVE = 20
"""A link right above a date of so many characters is a headline."""
HEADLINE_ABOVE_IN_LIST = 8
"""Above one of several dates alike so many are enough."""
HEADLINE_BELOW = 30
"""A link right below a single date of so many characters is a headline: a related one may follow the header."""

# --- the body ---------------------------------------------------------------------------------------------------------

LONGEST_HEAD = 8
"""A header line farther below its title, with a text between, ends the article."""
LEVELS_UP = 3
"""The text of a lead that stands by itself is no more elements than so many farther out."""
TEXT_ABOVE_BODY = 30
"""A text above the body has more characters."""
MENU = 5
"""More links than so many between a title and a text are a menu."""
NEARLY_ALL = 0.6
"""An element with such a share of the text is the body's."""
TEXT_AFTER = 0.2
"""More than such a share of the text behind an element is text of the article too."""
FEWEST_HEADLINES = 2
"""More headlines than so many in a text may be those of summaries."""
BLANKS_OF_HEADLINE = 2
"""More blanks make a headline of a link in a text."""
HEADLINES = 0.4
"""As many headlines to a line of text are those of summaries."""
SIGNED_BELOW = 5
"""So many lines below a body may sign it."""

# --- what stands around -----------------------------------------------------------------------------------------------

KICKERS = 4
"""So many lines above an article may name its section."""
CRUMBS_ABOVE = 40
"""The way from the home page begins so many lines above the title at most: a menu of menus is longer."""
MOST_STEPS = 6
"""A way of more steps is a menu."""
MOST_STEPS_UNDRAWN = 3
"""So many links beside the home page's, without arrows between them, may be a way."""
LONGEST_STEP = 1_000
"""What is longer is a text, and no step of a way through the portal."""
CUT_STEP = 15
"""A longer step that the title begins with is the title, cut short."""
MOST_CATEGORIES = 3
"""More links marked as categories are of a list."""
LONGEST_KICKER_LINK = 30
"""A link above the title of so many characters is a headline."""
SHORTEST_NAME = 2
"""The name of a section has more characters."""
SECTION_BELOW = 5
"""So many lines below the title may lead to the section."""
LABELLED_ABOVE = 3
"""A line that is labelled as the section stands no farther above the title."""
LABELLED_BELOW = 3
"""Nor farther below the title or the date."""
VIEWS_ABOVE = 4
"""A count of views stands no farther above the title."""
VIEWS_BELOW = 11
"""Nor farther below the body."""
COUNTED_HEADLINE = 12
"""A link of so many characters right above a count is the headline of what is counted."""
EYE_UP = 2
"""An eye stands in one of so many elements around its number."""
LEAD_LINES = 3
"""A lead has no more lines."""
LONGEST_LEAD = 400
"""A longer text apart is no lead, if nothing else marks it as one."""
DESCRIBED = 30
"""A longer description for machines that the text begins with is the lead; so is a line of as many in bold type."""
TEXTS_BELOW_LEAD = 2
"""A lead that only its place marks has so many lines of text below it."""

# --- parts of the page ------------------------------------------------------------------------------------------------

MOST_OF_PAGE = 0.5
"""A zone with more than this share of a page's text is the page: its name means something else there."""
LONG_TEXT = 200
"""A zone with a sentence of so many characters outside of links is no menu and no toolbar."""
LARGE_MENU = 12
"""A menu, side bar or footer of so many links is passed over, if it has fewer than half as many paragraphs."""

# --- listings ---------------------------------------------------------------------------------------------------------

FEWEST_WORDS = 4
"""A headline has so many words or more; what a menu, a tag or a button says has fewer."""
DATE_WITHIN = 8
"""A date, or the first of a listing, stands no more lines than so many from its headline."""
MOST_LINKS = 20
"""A line of more links is no headline with its date."""
LISTING_ZONE = {"": 1.0, "related": 0.3, "aside": 0.2}
"""What the entries in a part of the page count for; in others nothing."""
LONGEST_COUNTED = 100
"""Of a longer headline so many characters count."""
HEADING_COUNTS = 2
"""An entry that is a heading counts so many times."""
UNDATED_COUNTS = 0.5
"""What an entry counts for without a date; with one, 1 more."""
DATED_ENTRIES = 0.5
"""Such a share of dated entries makes a listing."""
UNDATED_ENTRIES = 2
"""More entries than so many, of more words than `UNDATED_WORDS`, are a listing without dates."""
UNDATED_WORDS = 5
"""See `UNDATED_ENTRIES`."""
LAST_DATE_WITHIN = 12
"""The date of the last entry stands fewer lines than so many below its headline."""
