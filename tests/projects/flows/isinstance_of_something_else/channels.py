"""Form 6, wrong twin: the guard looks at another variable."""


class Channel:
    name = "channel"

    def execute(self, text: str) -> None: ...


class Mail(Channel):
    name = "mail"


class ChannelRegistry:
    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def register(self, name: str, channel: Channel) -> None:
        self._channels[name] = channel


registry = ChannelRegistry()


def enlist(owner, channel):
    if not isinstance(owner, Channel):
        raise TypeError("an owner is a channel")
    registry.register(channel.name, channel)


enlist(Mail(), Mail)  # expect: REG202 certain
enlist(Mail(), Mail())
