"""The challenge's archives: reading datasets, composing and judging answers, packing, verifying."""
