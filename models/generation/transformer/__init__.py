"""The trained transformer: its layers with a cache, and the two ways to write with them."""
