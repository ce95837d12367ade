"""What a person sees, and the documents that scripts read."""
