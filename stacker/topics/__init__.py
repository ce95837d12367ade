"""What `stacker help TOPIC` prints: pages of 80 columns, made of the code's own tables where it has
them, else written by hand beside this."""
