"""A group on upstream: all of it or none."""
