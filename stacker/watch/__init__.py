"""`verify --watch`: a box that builds what home has and lacks evidence, and lets home have it."""
