"""Guards: additional masks against long copies, stuck notes and rhythms other than a requested one."""
