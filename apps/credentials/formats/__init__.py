"""The formats of Open Badges, as pure functions from one award snapshot."""
