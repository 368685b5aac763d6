"""The pages that `serve` adds to Datasette's own, a module each, and what they draw and compare."""
