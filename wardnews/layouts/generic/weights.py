"""What counts for how much where a page of any make is read: every weight and threshold of the generic reader.

Scores are in points: a title and a date are believed from `ENOUGH` points on. Lengths are in characters, distances in
lines of the page, shares from 0 to 1. What stands in brackets was measured by mutation: how many of the 271
pages in tests/quality, each read as an unknown system's page, get worse where the value is lowered and raised by 30 %,
a whole number by at least 1. `off` follows where none does: how many get worse without it (the value none, or, where
that says something else, without bound). [0, 0; off: 0] says that no page of the set depends on it;
a recording in tests/pages still may: without five such weights at once a Joomla listing there was read as an article.
(made-up pages) stands where no such measure was taken: the value rests on the pages of the set that were made for it.
"""

# --- the title --------------------------------------------------------------------------------------------------------

KNOWN_TITLE = 10.0
"""A title that a selector found. [0, 0; off: 0]"""
NAMED_BY_PAGE = 5.0
"""A line that is what the page names itself for sharing, or its whole `<title>`. [0, 1]"""
BEGINS_TITLE = 4.0
"""The beginning of `<title>`, of several words: the rest is the portal. [2, 0]"""
CUT_SHORT = 3.5
"""A line that goes on where the title for machines was cut off. [0, 0; off: 0]"""
WITHIN_TITLE = 3.0
"""Words within `<title>`, but for no whole part of it. [0, 0; off: 0]"""
PART_OF_TITLE = 2.5
"""A whole part of `<title>` of several words: it may as well be the section. [0, 0; off: 1]"""
OFFICE_IN_TITLE = 2.0
"""The whole `<title>`, where it ends in an office: then it may be every page's. [0, 0; off: 0]"""
FEW_WORDS_OF_TITLE = 0.8
"""A part of `<title>` of a few words: the section's name, or the portal's. [0, 1]"""
BLANKS_OF_SENTENCE = 3
"""More blanks make of words more than a name. [0, 0; off: 3]"""
BLANKS_OF_BEGINNING = 2
"""More blanks at the beginning of `<title>` are of a headline. [2, 0]"""
BLANKS_OF_PART = 4
"""More blanks in a part of `<title>` are of a headline. [0, 0; off: 0]"""
HEADING = {1: 3.0, 2: 2.0, 3: 1.5, 4: 1.0}
"""A heading, by its level; lower ones are mere bold type. [1, 1]"""
BOLD = 0.7
"""A line all in bold type. [0, 0; off: 3]"""
WHOLLY = 0.9
"""The share of a line that is all of it: a mark or a blank may stand outside of its element. [0, 1]"""
NAMED_TITLE = 1.5
"""An element whose name says title. [0, 0; off: 0]"""
LENGTH = 1.0
"""A line of `SENTENCE` characters or more; a shorter one as much less. [0, 0; off: 7]"""
NO_ARTICLE_HERE = 4.0
"""Taken off where `<title>` says that the page is none of an article, and does not name the line. [0, 0; off: 0]"""
ENDS_AS_SENTENCE = 3.0
"""Taken off a line that ends in a mark, or is too long for a title; twice off a plain sentence below another.
[0, 0; off: 2]"""
LONGEST_OWN_TITLE = 250
"""More characters outside of links are of a text. [0, 0; off: 12]"""
LEADS_HERE = 3.0
"""A headline that is a link to this very page. [0, 0; off: 0]"""
LINK = 6.0
"""Taken off a link to another page. [0, 0; off: 1]"""
LINK_OF_NAMED_HEADING = 1.0
"""Taken off a link that is a heading which the page's `<title>` names: some portals link it to the old address.
[0, 0; off: 0]"""
SURE_MATCH = 4
"""A line that agrees so well with the page's own titles is its title. [0, 0; off: 0]"""
LIKELY_MATCH = 3
"""A line that agrees so well with the page's own titles is no headline of others. [0, 0; off: 193]"""
PORTAL_NAME = 8.0
"""Taken off a portal's name. [0, 0; off: 1]"""
BLANKS_OF_PORTAL = 12
"""A line of as many blanks says more than a portal's name. [0, 0; off: 1]"""
OFFICE_NAME = 3.0
"""Taken off the name of an office: it signs, or stands at the top of every page. [0, 1]"""
BLANKS_OF_OFFICE = 6
"""A line that begins with an office and has as many blanks says what it did. [0, 0; off: 11]"""
GENERIC_NAME = 2.0
"""Taken off a general word such as “Tin tức”: a section. [0, 0; off: 0]"""
NO_TITLE = 8.0
"""Taken off what signs an article, asks a question, or names a page that is none of an article. [1, 0]"""
FEW_WORDS = 1.0
"""Taken off a line of fewer than `BLANKS_OF_TITLE` blanks, and once more off one of fewer than that less one. [2, 1]"""
BLANKS_OF_TITLE = 4
"""Most titles have so many blanks. [4, 0]"""
TITLE_WITHIN = 8
"""A line that is no heading and not named by the page is a title only so near to a date. [0, 0; off: 33]"""
TITLE_LINES = 3
"""A title that is broken into several lines goes so far from its first. [0, 0; off: 1]"""
ZONE = {"nav": 4.0, "aside": 4.0, "form": 2.0, "tools": 1.0}
"""Taken off a title or a date that stands in another part of the page. [0, 0; off: 0]"""
MOST_CANDIDATES = 200
"""So many titles, and so many dates, are weighed: bounds the time on pages of thousands. [0, 0; off: 195]"""
MOST_TRIED = 20
"""So many pairs of them are tried: an article's own are among the best few. [0, 0; off: 195]"""

# --- the line that dates the article ----------------------------------------------------------------------------------

KNOWN_DATE = 8.0
"""A header line that a selector found. [0, 0; off: 0]"""
FORM = 3.0
"""A line that a form of header lines reads. [2, 1]"""
DATE = 1.0
"""A line with a date in it, of no such form. [0, 0; off: 14]"""
CALENDAR_LEAF = 3.0
"""Day, month and year on three lines, as on a leaf of a calendar. [0, 0; off: 0]"""
LABEL = 2.0
"""A label: “Ngày đăng”. [0, 0; off: 2]"""
VIEWS = 1.5
"""A count of views beside the date: no date of a clock or of an event has one. [0, 0; off: 0]"""
TIME = 1.0
"""The time of day. [1, 1]"""
MACHINE_DATE = 1.0
"""A date for machines in the same element. [0, 0; off: 0]"""
UNREAD_WORD = 0.1
"""Taken off for each word that says nothing of a header. [0, 0; off: 4]"""
CHANGED = 4.0
"""Taken off the date of a change, where that of publication stands by it. [0, 1]"""
MOST_UNREAD = 8
"""A line with a date and more than so many other words is a sentence. [2, 0]"""
MOST_UNREAD_IN_SENTENCE = 2
"""So it is with more than so many where it ends in a full stop: `Hoa Sữa, ngày 05/04/2021.` is none. [0, 0; off: 1]"""
HEADER_ABOVE = 3
"""A header goes on for fewer than so many lines above its date. [0, 0; off: 2]"""
HEADER_BELOW = 4
"""A header goes on for fewer than so many lines below its date. [0, 0; off: 5]"""
TIME_ABOVE = 2
"""The time of a day alone stands so many lines above the title at most. [0, 0; off: 0]"""
TIME_BELOW = 4
"""The time of a day alone stands fewer lines than so many below the title. [0, 0; off: 1]"""

# --- a date to its title ----------------------------------------------------------------------------------------------

BELOW_TITLE = 5.0
"""A date right below the title; one point less for each line that stands between. [4, 2]"""
NEAR = 3
"""So many lines between are those of a header: a section, an author, tools. [0, 0; off: 5]"""
MOST_BETWEEN = 5
"""A date with more lines between is near to no title: it may be below the text. [0, 0; off: 16]"""
FARTHER = 0.5
"""A date with a few lines more between. [0, 0; off: 1]"""
HEADLINE_BETWEEN = 4.0
"""Taken off for a link to another article between. [0, 0; off: 0]"""
LONGEST_LINK_BETWEEN = 20
"""A link of more characters is one to another article; of fewer, to a section or an author. [0, 0; off: 0]"""
AGREES = 4.0
"""A date of the day that the page gives for machines, by a title that the page names. (made-up pages)"""
SECOND_DATE = 3.0
"""Taken off a date that stands below another with a label: in the text, or of what was changed. (made-up pages)"""
BELOW_TEXT = 1.0
"""A date at the end of the text. [0, 0; off: 3]"""
BELOW_END = -1.0
"""A date below what ends an article, where the title is sure: it is in a column. [0, 0; off: 1]"""
TEXT_ABOVE = 120
"""A date below so much text stands at its end. [0, 0; off: 4]"""
ABOVE_TITLE = 3.5
"""A date right above the title. [2, 1]"""
ABOVE_TITLE_BETWEEN = 1.5
"""Taken off for each line that stands between a date and the title below it. [0, 0; off: 0]"""
MOST_BETWEEN_ABOVE = 2
"""A date with more lines between is not of the title below it. [0, 0; off: 1]"""
CLOCK = 8.0
"""Taken off a date above the title that is today's, as a clock shows it. [0, 0; off: 1]"""
PLAIN = 2.0
"""Taken off a title below its date that nothing marks as one. [0, 0; off: 0]"""
MACHINES_ALONE = 2.0
"""A title with a date for machines and no line that shows it. [0, 0; off: 0]"""
SAYS_ARTICLE = 1.0
"""The page says for machines that it is an article. [0, 0; off: 2]"""
FAR = 300
"""Lines farther apart are of different parts of a page, whatever is between them. [0, 0; off: 173]"""
CLOSE_ELEMENTS = 4
"""Lines that share one of so many elements around each stand together. [1, 1]"""
MOST_NAMED = 8
"""The name of a section beside a date has fewer words than so many. [0, 0; off: 1]"""

# --- what is believed -------------------------------------------------------------------------------------------------

ENOUGH = 7.0
"""The score of a title and header line that are believed. [2, 7]"""
ENOUGH_WITHOUT_TEXT = 10.0
"""The score of such as are believed where there is hardly any text below them. [0, 0; off: 0]"""
DOUBT = 1.5
"""A date that loses by less is a doubt. [0, 0; off: 0]"""
LEAST_TEXT = 30
"""A text of fewer characters is hardly any. [0, 0; off: 11]"""

TEXT_FOR_MACHINES = 120
"""A date that the page has for machines alone dates a text of so many characters in sentences: every page may have one.
(made-up pages)"""
LABELS_ABOVE = 4
"""A table of what a document or a person is begins no more lines than so many above its title. (made-up pages)"""
LABELS_BELOW = 40
"""And stands within so many lines below. (made-up pages)"""
LINES_SEARCHED = 400
"""So many lines of a page without an article are searched for what it is. (made-up pages)"""
LABELS_OF_RECORD = 3
"""So many labels, each with its value, make such a table of a document. (made-up pages)"""
LABELS_OF_FORM = 3
"""So many labels, each of its own, make a form where there is no text. (made-up pages)"""
HEADS_OF_PEOPLE = 3
"""So many heads of columns make a table of people. (made-up pages)"""
PICTURES_OF_ALBUM = 4
"""So many pictures without a sentence are an album. (made-up pages)"""
SENTENCES_ABOVE_RECORD = 2
"""Below so many sentences it is a table in an article. (made-up pages)"""
ENTRIES_OF_LISTING = 3
"""So many dates of entries alike make a listing. (made-up pages)"""
SENTENCES_BESIDE_LIST = 3
"""A text of so many sentences outside of such a list is an article with a list beside it. (made-up pages)"""

# --- links and lists --------------------------------------------------------------------------------------------------

LINKED = 0.6
"""A line with such a share of it in links is a link. [1, 3]"""
COLUMN = 9
"""Dates of the same make that stand no more lines than so many apart are of one list. [0, 0; off: 2]"""
COLUMN_OF = 2
"""More dates alike, without a label, are of a list. [2, 0]"""
LONGEST_SECTION_LINK = 25
"""A link of more characters in a header line is a headline: the date is that of its article. [2, 1]"""
LINKED_DATE = 30
"""A line with a date and more characters in links to other pages is a headline. [0, 0; off: 0]"""
HEADING_ABOVE = 4
"""A heading that is a link, so many lines above a date or fewer, is the date's. [0, 0; off: 3]"""
HEADLINE = 12
"""A heading, or one of several links alike, of so many characters is a headline. [0, 0; off: 3]"""
HEADLINE_ABOVE = 20
"""A link right above a date of so many characters is a headline. [2, 0]"""
HEADLINE_ABOVE_IN_LIST = 8
"""Above one of several dates alike so many are enough. [0, 0; off: 0]"""
HEADLINE_BELOW = 30
"""A link right below a single date of so many characters is a headline: a related one may follow the header. [1, 0]"""

# --- the body ---------------------------------------------------------------------------------------------------------

LONGEST_HEAD = 8
"""A header line farther below its title, with a text between, ends the article. [0, 0; off: 3]"""
LEVELS_UP = 3
"""The text of a lead that stands by itself is no more elements than so many farther out. [0, 0; off: 2]"""
TEXT_ABOVE_BODY = 30
"""A text above the body has more characters. [2, 0]"""
MENU = 5
"""More links than so many between a title and a text are a menu. [5, 0]"""
NEARLY_ALL = 0.6
"""An element with such a share of the text is the body's. [0, 3]"""
TEXT_AFTER = 0.2
"""More than such a share of the text behind an element is text of the article too. [3, 0]"""
FEWEST_HEADLINES = 2
"""More headlines than so many in a text may be those of summaries. [1, 0]"""
BLANKS_OF_HEADLINE = 2
"""More blanks make a headline of a link in a text. [0, 0; off: 1]"""
HEADLINES = 0.4
"""As many headlines to a line of text are those of summaries. [0, 0; off: 1]"""
SENTENCES_BEHIND_BOX = 2
"""So many sentences behind a box of related news are of the text; one alone may be a summary. (made-up pages)"""
SENTENCES_IN_COLUMN = 3
"""So many in the column of the title are of the text too, in whatever element. (made-up pages)"""
COLUMN_AROUND_TITLE = 6
"""The column of a title is one of fewer elements than so many around it. (made-up pages)"""
MOST_AUTHORS = 3
"""So many names may sign an article. (made-up pages)"""
WORDS_OF_NAME = 5
"""The name of a person has so many words at most. (made-up pages)"""
SIGNED_ABOVE = 3
"""So many lines above a title may name the author. (made-up pages)"""
SIGNED_BELOW = 5
"""So many lines below a body may sign it. [0, 0; off: 0]"""

# --- what stands around -----------------------------------------------------------------------------------------------

KICKERS = 4
"""So many lines above an article may name its section. [0, 0; off: 65]"""
CRUMBS_ABOVE = 40
"""The way from the home page begins so many lines above the title at most: a menu of menus is longer.
[0, 0; off: 23]"""
MOST_STEPS = 6
"""A way of more steps is a menu. [1, 0]"""
MOST_PIECES = 300
"""An element of more links and texts between them is a menu, whatever its name: bounds the time. (made-up pages)"""
MOST_STEPS_UNDRAWN = 3
"""So many links beside the home page's, without arrows between them, may be a way. [1, 1]"""
LONGEST_STEP = 1_000
"""What is longer is a text, and no step of a way through the portal. [0, 0; off: 152]"""
CUT_STEP = 15
"""A longer step that the title begins with is the title, cut short. [0, 0; off: 7]"""
MOST_CATEGORIES = 3
"""More links marked as categories are of a list. [0, 0; off: 0]"""
LONGEST_KICKER_LINK = 30
"""A link above the title of so many characters is a headline. [1, 0]"""
SHORTEST_NAME = 2
"""The name of a section has more characters. [0, 0; off: 7]"""
SECTION_BELOW = 5
"""So many lines below the title may lead to the section. [1, 0]"""
LABELLED_ABOVE = 3
"""A line that is labelled as the section stands no farther above the title. [0, 1]"""
LABELLED_BELOW = 3
"""Nor farther below the title or the date. [0, 0; off: 0]"""
VIEWS_ABOVE = 4
"""A count of views stands no farther above the title. [0, 0; off: 0]"""
VIEWS_BELOW = 11
"""Nor farther below the body. [0, 0; off: 14]"""
COUNTED_HEADLINE = 12
"""A link of so many characters right above a count is the headline of what is counted. [1, 0]"""
EYE_UP = 2
"""An eye stands in one of so many elements around its number. [0, 0; off: 2]"""
LEAD_LINES = 3
"""A lead has no more lines. [0, 0; off: 0]"""
LONGEST_LEAD = 400
"""A longer text apart is no lead, if nothing else marks it as one. [0, 0; off: 0]"""
DESCRIBED = 30
"""A longer description for machines that the text begins with is the lead; so is a line of as many in bold type.
[0, 0; off: 0]"""
TEXTS_BELOW_LEAD = 2
"""A lead that only its place marks has so many lines of text below it. [0, 0; off: 0]"""

# --- parts of the page ------------------------------------------------------------------------------------------------

MOST_OF_PAGE = 0.5
"""A zone with more than this share of a page's text is the page: its name means something else there.
[0, 0; off: 28]"""
LONG_TEXT = 200
"""A zone with a sentence of so many characters outside of links is no menu and no toolbar. [0, 0; off: 16]"""
LARGE_MENU = 12
"""A menu, side bar or footer of so many links is passed over, if it has fewer than half as many paragraphs.
[0, 0; off: 0]"""

# --- listings ---------------------------------------------------------------------------------------------------------

FEWEST_WORDS = 4
"""A headline has so many words or more; what a menu, a tag or a button says has fewer. [1, 3]"""
DATE_WITHIN = 8
"""A date, or the first of a listing, stands no more lines than so many from its headline. [0, 0; off: 9]"""
MOST_LINKS = 20
"""A line of more links is no headline with its date. [0, 0; off: 3]"""
LISTING_ZONE = {"": 1.0, "related": 0.3, "aside": 0.2}
"""What the entries in a part of the page count for; in others nothing. [0, 0; off: 38]"""
LONGEST_COUNTED = 100
"""Of a longer headline so many characters count. [0, 0; off: 38]"""
HEADING_COUNTS = 2
"""An entry that is a heading counts so many times. [1, 0]"""
UNDATED_COUNTS = 0.5
"""What an entry counts for without a date; with one, 1 more. [0, 0; off: 4]"""
DATED_ENTRIES = 0.5
"""Such a share of dated entries makes a listing. [0, 0; off: 7]"""
UNDATED_ENTRIES = 2
"""More entries than so many, of more words than `UNDATED_WORDS`, are a listing without dates. [0, 1]"""
UNDATED_WORDS = 5
"""See `UNDATED_ENTRIES`. [0, 1]"""
LAST_DATE_WITHIN = 12
"""The date of the last entry stands fewer lines than so many below its headline. [0, 0; off: 1]"""

# --- attachments ------------------------------------------------------------------------------------------------------

DOCUMENTS_WITHIN = 40
"""The documents of an article stand fewer lines than so many below its text; the set does not judge attachments."""
