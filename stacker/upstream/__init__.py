"""What is told of upstream: its commits, their pull requests, its releases."""
