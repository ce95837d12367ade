"""Commits and mails become stages of the series."""
