"""Views for what earners keep and how they show it: their own pages, and those that strangers open."""
