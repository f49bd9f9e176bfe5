"""Form 4 with instances: no class is registered, but two of one class without a name would still collide."""


class Skill:
    def run(self, text: str) -> str:
        return text


class Talk(Skill):
    name = "talk"


class Walk(Skill):
    pass
