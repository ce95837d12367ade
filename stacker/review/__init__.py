"""`review`: one stage as its reviewer sees it."""
