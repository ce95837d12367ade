"""Work on one stage in a folder of its own, and take it back into the series."""
