class Rule:
    name = "rule"

    def run(self): ...


class Strict(Rule):
    name = "strict"


class RuleRegistry:
    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def register(self, name: str, rule: Rule) -> None:
        self._rules[name] = rule
