"""One file becomes a frozen record of what it says."""
