"""SSH's keys and signatures: read here, made and verified by `ssh-keygen`."""
