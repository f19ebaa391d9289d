"""What the demo's learners hand in, drawn here: pictures, screenshots, charts and scanned sheets."""
