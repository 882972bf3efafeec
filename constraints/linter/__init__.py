"""Lints files: rules, findings, fixes and reports."""
