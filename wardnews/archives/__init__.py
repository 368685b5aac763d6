"""Where pages of the past come from: one module a source, each giving captures."""
