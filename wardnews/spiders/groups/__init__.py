"""The politeness groups of a run: which it takes, as long as nobody else has them, and which of their portals is next."""
