"""The challenge view: a dataset or a finished archive, its answers, and the archive built again."""
