class Codec:
    name = "codec"

    def execute(self): ...


class CodecRegistry:
    def __init__(self) -> None:
        self._codecs: dict[str, Codec] = {}

    def register(self, name: str, codec: Codec) -> None:
        self._codecs[name] = codec
