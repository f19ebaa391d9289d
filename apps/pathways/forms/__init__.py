"""What people type about pathways."""
