"""The arena: every generator against every judge."""
