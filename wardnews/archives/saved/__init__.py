"""Saved pages, as wget, HTTrack, browsers and their extensions leave them."""
