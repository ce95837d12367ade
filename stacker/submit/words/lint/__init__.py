"""What a project would say against a pull request, before it is asked."""
