"""``python -m cleaner``."""

if __name__ == "__main__":  # a spawned worker reads this file too, and needs no command line
    from cleaner.cli import main

    main()
