"""The CMS families, a module each: selectors as data, functions where data cannot say it."""
