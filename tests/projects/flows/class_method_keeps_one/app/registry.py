class ModelRegistry:
    _shared = None

    def __init__(self):
        self.models = {}

    def register(self, name, model):
        self.models[name] = model

    @classmethod
    def shared(cls):
        if cls._shared is None:
            cls._shared = cls()
        return cls._shared
