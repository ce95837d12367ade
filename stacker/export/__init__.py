"""`stacker export`: the series as an mbox, a branch, a quilt directory or patch files."""
