"""Files as bytes and text: which there are, what they are called, how they are read."""
