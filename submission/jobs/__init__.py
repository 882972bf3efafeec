"""Resumable jobs, in parts, on worker processes."""
