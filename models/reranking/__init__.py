"""Reranking: choosing the best of several candidates."""
