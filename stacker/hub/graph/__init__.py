"""The hub's GraphQL: GitHub's names and types over the hub's records."""
