"""What strings mean: white space, header lines, dates, credits, language, bytes. Pure."""
