"""Figures over everything below; reads only. Nothing lives here yet."""
