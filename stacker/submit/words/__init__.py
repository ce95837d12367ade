"""What a pull request says: texts, templates, titles, and the habits of those who read them."""
