"""The store in a browser: Datasette over a reading copy, for whoever wants to look at it without a line of SQL."""

from wardnews.serve.copy import copy_of, current_copy
from wardnews.serve.gate import names_of
from wardnews.serve.refresh import refreshed
from wardnews.serve.server import application, end_in_order, listening, serve

__all__ = ["application", "copy_of", "current_copy", "end_in_order", "listening", "names_of", "refreshed", "serve"]
