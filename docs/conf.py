"""How these pages become a site: `python dev.py docs`. A warning is an error."""

project = "stacker"
author = copyright = "the stacker developers"  # noqa: A001 - Sphinx's own word
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "stacker"
html_copy_source = html_show_sourcelink = False
templates_path = ["_templates"]
exclude_patterns = ["_templates"]
myst_heading_anchors = 4  # links to headings are checked, and are GitHub's own
