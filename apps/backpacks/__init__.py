"""What earners keep, arrange and share, and their public pages."""
