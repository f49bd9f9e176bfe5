"""Form 19: a mixin says what `self` is."""

from __future__ import annotations


class Skill:
    name = "skill"

    def run(self): ...


class Talk(Skill):
    name = "talk"


class Walk(Skill):
    name = "walk"


class BatchMixin:
    def register_many(self: SkillRegistry, skills) -> None:
        for skill in skills:
            self.register(skill.name, skill)


class SkillRegistry(BatchMixin):
    def __init__(self) -> None:
        self._skills: dict[str, Skill] = {}

    def register(self, name: str, skill: Skill) -> None:
        self._skills[name] = skill


registry = SkillRegistry()
registry.register_many([Talk, Walk])  # expect: REG202 certain
registry.register_many([Talk(), Walk()])
