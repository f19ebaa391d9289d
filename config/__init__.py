"""Settings, addresses and the tables that join the rooms."""
