"""What the pages draw, as SVG or as bars of plain HTML."""
