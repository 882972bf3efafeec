"""What several verbs share: musical values, warnings, how a long verb stops."""
