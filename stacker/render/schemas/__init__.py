"""What the `--json` documents are, as JSON Schemas: what each command prints is written down here
once; `stacker schema` prints it, and the tests hold every document to it."""
