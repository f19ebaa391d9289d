"""The forms of the issuers app, one module per subject."""
