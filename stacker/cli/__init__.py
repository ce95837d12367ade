"""Arguments in, exit code out: each command builds a request, calls its verb, renders."""
