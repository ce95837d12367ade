"""Going on with somebody else's pull request."""
