"""What came of loading a file: rows read, added, changed, unchanged, refused, each refusal with its place and reason."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refused:
    """A row that was not taken: line in the file, field, and what is wrong."""

    line: int
    field: str
    reason: str


@dataclass
class FileReport:
    """Counts of one file; failed: why the file as a whole was not taken, in which case nothing of it was."""

    name: str
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    failed: str = ""

    def lines(self) -> list[str]:
        """The report as text, one line for the counts and one for each refusal."""
        if self.failed:
            return [f"{self.name}: nothing taken: {self.failed}"]
        head = (f"{self.name}: {self.read} read, {self.added} added, {self.changed} changed, "
                f"{self.unchanged} unchanged, {len(self.refused)} refused")
        return [head, *(f"  line {r.line}, {r.field}: {r.reason}" for r in self.refused)]
