"""Settings, URLs and the tables that connect the apps."""
