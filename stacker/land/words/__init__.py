"""What a landing says: its commits, its pull request, the comments under its members."""
