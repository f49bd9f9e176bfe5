from app.tracker import JobTracker
def go():
    return JobTracker()  # expect: REG104 certain
