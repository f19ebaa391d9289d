"""Award, sign, bake, verify; the formats of Open Badges."""
