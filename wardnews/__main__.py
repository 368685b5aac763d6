"""Run the `wardnews` command as `python -m wardnews`."""

from wardnews.cli import main

if __name__ == "__main__":  # the processes that read archives import this module too
    main()
