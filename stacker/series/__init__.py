"""The series and its files: plan, lock, patches, texts, versions."""
