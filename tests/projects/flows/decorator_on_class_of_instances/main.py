from hub import Handler, handlers


class Opened(Handler):
    kind = "opened"


handlers.register(Opened())


@handlers.register  # expect: REG202 certain
class Closed(Handler):
    kind = "closed"
