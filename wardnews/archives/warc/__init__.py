"""WARC files (ISO 28500)."""
