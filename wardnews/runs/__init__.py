"""How a run goes: its settings, its process, its files."""
