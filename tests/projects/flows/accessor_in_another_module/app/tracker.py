class JobTracker:  # expect: REG103 certain
    """Jobs."""
    def __init__(self):
        self.jobs = {}
