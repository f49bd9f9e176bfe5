"""Form 3, wrong twin: the classes are collected, and nobody calls them."""


class Handler:
    kind = ""

    def run(self, message): ...


class Ping(Handler):
    kind = "ping"


class Echo(Handler):
    kind = "echo"


HANDLER_CLASSES = [Ping, Echo]
