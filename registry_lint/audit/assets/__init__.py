"""What the page of an audit is made of (see html.py): a style and the parts of one script."""
