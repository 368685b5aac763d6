"""Where an article belongs: administrative units by official code and day, found in what it says. Pure."""
