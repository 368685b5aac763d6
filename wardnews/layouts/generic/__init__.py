"""Pages of any make, read outward from the line that dates the article."""
