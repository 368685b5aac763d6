"""What is searched for, and how it is found in the reading copy."""
