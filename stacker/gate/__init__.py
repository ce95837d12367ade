"""The check that stops a lone merge."""
