"""The pages of pathways that need nothing from higher apps: stacks at risk, and agreements on credit."""
