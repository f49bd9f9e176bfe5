"""What a project demands: contracts, settings, and how they are read."""
