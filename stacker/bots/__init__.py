"""Build masters: Buildbot asked over its REST API to build a commit, and what came of it."""
