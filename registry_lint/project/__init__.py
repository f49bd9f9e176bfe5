"""All facts linked: the questions that a rule may ask."""
