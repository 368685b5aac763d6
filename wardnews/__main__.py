"""Run the `wardnews` command as `python -m wardnews`."""

from wardnews.cli import main

main()
