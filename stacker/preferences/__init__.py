"""What one person likes on one machine: a file for all their series, and one for each series."""
