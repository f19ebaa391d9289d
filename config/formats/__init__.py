"""Date and number formats for languages where Django has none, or not those that people here use."""
