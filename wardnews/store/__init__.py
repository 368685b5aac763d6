"""What is known, in SQLite or PostgreSQL; every file is made from it."""
