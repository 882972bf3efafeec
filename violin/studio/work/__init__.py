"""The composing process: its queue, its tasks, and the events that report them."""
