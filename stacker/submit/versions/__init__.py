"""What each pull request was in earlier versions, and what changed since."""
