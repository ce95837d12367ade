"""Make the forge's pull requests say what the series says."""
