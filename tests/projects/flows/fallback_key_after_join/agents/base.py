"""Form 4: the key is the name in one arm, a class name in the other, and is used after the join."""

from pydantic import BaseModel


class Skill(BaseModel):
    name: str

    def run(self, text: str) -> str:
        return text


class Talk(Skill):
    name: str = "talk"


class Walk(Skill):
    name: str = "walk"
