"""git as a library: never the user's index, worktree, hooks or configuration."""
