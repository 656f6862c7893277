"""``python -m cleaner.phrases``: compile the shipped lists ahead."""

from cleaner.phrases import shipped

if __name__ == "__main__":
    shipped.PATH.write_bytes(shipped.build())
