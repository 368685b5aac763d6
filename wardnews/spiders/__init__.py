"""How pages are reached."""
