from codecs_pkg.base import Codec


class Packer(Codec):
    name = "fast"
