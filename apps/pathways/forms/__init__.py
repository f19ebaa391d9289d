"""What people type about pathways, and about the recognition of credit."""
