"""The politeness groups of a run: which it takes, as long as no other has them, which of their portals is next."""
