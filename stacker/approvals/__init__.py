"""Approvals: which of those that a pull request has stand for what it shows now, and why not."""
