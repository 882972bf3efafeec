"""The composer's network, its configs and its weight files."""
