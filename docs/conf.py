"""How these pages become a site: `python dev.py docs`. A warning is an error."""

from __future__ import annotations

project = "stacker"
author = "the stacker developers"
html_title = "stacker"
extensions = ["myst_parser"]
html_theme = "furo"
html_show_sourcelink = False
html_copy_source = False
smartquotes = False  # `--` is an option, not a dash
myst_heading_anchors = 4  # links to headings are looked up, under the names that GitHub gives them
