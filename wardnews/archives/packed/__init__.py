"""What was packed into one file, as zip or tar, and the room that it takes."""
