"""What happened in a run, and how the portals stand."""
