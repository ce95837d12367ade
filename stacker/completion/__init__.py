"""What the Tab key offers: commands, options, and the names in the plan.

The parser of all commands takes longer to load than a person waits for a Tab. So what it knows is
kept beside this in `words.json`, which `python tests/completion/test_words.py --update` writes.
"""
