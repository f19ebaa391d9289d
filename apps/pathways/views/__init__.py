"""Pages that show pathways and agreements, and nothing of rooms further up."""
