from seeds import Seed


class Corn(Seed):
    name = "corn"
