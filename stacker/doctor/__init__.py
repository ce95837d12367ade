"""Whether everything that a series needs is in place; looks, and changes nothing."""
