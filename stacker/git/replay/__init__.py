"""Many patches put on new parents at once: git's result with few git processes."""
