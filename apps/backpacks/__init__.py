"""What earners keep, arrange and share; the public pages."""
