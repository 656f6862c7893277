"""Clean, de-duplicated JSONL from scraped articles."""

__version__ = "0.1.0"
