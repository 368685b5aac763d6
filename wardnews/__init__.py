"""Turn the news pages of Vietnamese ward, commune and district portals into clean, permanent, structured records."""

__version__ = "0.1.0"
