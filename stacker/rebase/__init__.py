"""Put the series on another base, all in the object store."""
