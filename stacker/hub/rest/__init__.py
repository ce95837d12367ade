"""The hub's REST answers, one module for each subject of GitHub's API."""
