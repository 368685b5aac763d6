"""Pages of any make, read from the line that dates the article."""
