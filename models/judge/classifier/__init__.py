"""The judge's models over its features."""
