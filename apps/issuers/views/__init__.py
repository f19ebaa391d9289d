"""The pages of the issuers app, one module per subject."""
