"""The pages of pathways that need nothing of higher rooms: what is at risk and who decides, and agreements on credit."""
