from agents.base import Talk, Walk
from agents.registry import SkillRegistry


class Player:
    def __init__(self):
        self.skills = SkillRegistry()

    def learn_all(self, skills):
        for skill in skills:
            if hasattr(skill, "name") and skill.name:
                name = skill.name
            else:
                name = getattr(skill, "__class__", type(skill)).__name__.lower()  # expect: REG301 certain
            self.skills.register(name, skill)


def play():
    player = Player()
    player.learn_all([Talk, Walk])  # expect: REG202 certain
