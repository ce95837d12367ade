"""The flagship series over miniature upstreams, and the story of its whole life."""
