"""Where pages of the past come from: one module a source, each giving captures."""

from wardnews.archives.capture import Capture, Spoilt

__all__ = ["Capture", "Spoilt"]
