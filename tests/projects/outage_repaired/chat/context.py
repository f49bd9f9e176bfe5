"""Who is being served."""

from dataclasses import dataclass, field
from uuid import uuid4


@dataclass(frozen=True)
class UserContext:
    user_id: str
    run_id: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def scope(self) -> str:
        return f"{self.user_id}-{self.run_id}"
