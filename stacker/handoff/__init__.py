"""Stages for repositories that take no pull requests: packed to be sent, and what proves them."""
