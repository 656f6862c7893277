"""``report.html``: what a run did, to look at.  Made from the files in CLEAN alone."""
