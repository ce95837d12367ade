"""The hub, a GitHub in a box: a rehearsal forge over real bare repositories."""
