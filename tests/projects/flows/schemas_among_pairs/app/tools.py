class Analyze:
    name = "analyze"
    def run(self, text): return text
