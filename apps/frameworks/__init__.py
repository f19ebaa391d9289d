"""Skills, levels and occupations of the installation. Nothing lives here yet."""
