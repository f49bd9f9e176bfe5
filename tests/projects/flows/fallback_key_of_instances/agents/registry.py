from agents.base import Skill


class SkillRegistry:
    def __init__(self) -> None:
        self._skills: dict[str, Skill] = {}

    def register(self, name: str, skill: Skill) -> None:
        self._skills[name] = skill
