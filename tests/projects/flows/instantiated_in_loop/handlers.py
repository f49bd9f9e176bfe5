"""Form 3: each class is called before it is registered."""


class Handler:
    kind = ""

    def run(self, message): ...


class Ping(Handler):
    kind = "ping"


class Echo(Handler):
    kind = "echo"


HANDLER_CLASSES = [Ping, Echo]
