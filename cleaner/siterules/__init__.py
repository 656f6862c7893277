"""Rules that users write for single sites: files, safety, matching, tests, proposals (docs/site-rules.md)."""
