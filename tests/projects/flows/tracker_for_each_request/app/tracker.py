class RequestTracker:
    def __init__(self, request_id):
        self.request_id = request_id
def get_request_tracker(request_id):
    return RequestTracker(request_id)
