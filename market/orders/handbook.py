"""Writes the order's life and the permissions as pages of the handbook, from the very tables that the code obeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from market.access import GRANTS, Permission, Role
from market.orders.life import LIFE, STEPS, Move

NOTE = "Written by `python -m market.orders.handbook`; a test compares it with the code.\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _row(move: Move) -> list[str]:
    who = ", ".join(str(role) if tie == "any" else f"{role} ({tie})" for role, tie in move.who)
    guards = ", ".join(guard.__name__ for guard in move.guards)
    return [move.event, ", ".join(move.sources), move.target or "stays", who, guards, move.clock]


def life_page() -> str:
    """The order's life as Markdown: what moves an order, and what happens inside its states."""
    head = ("event", "from", "to", "who", "guards", "clock that starts")
    guards = {guard.__name__: guard.__doc__ or "" for move in (*LIFE, *STEPS) for guard in move.guards}
    return (f"# The order's life\n\n{NOTE}\nThe flow is a design: no published rules of "
            "a live talent-order platform were found. "
            "Durations lie in the table `durations`.\n\n## What moves an order\n\n" + _table(head, map(_row, LIFE))
            + "\n## What happens inside a state\n\n" + _table(head, map(_row, STEPS))
            + "\n## Guards\n\n" + _table(("guard", "holds when"), sorted(guards.items())))


def permission_page() -> str:
    """Who may do what, as Markdown: permissions down, roles across."""
    rows = [[f"`{permission}`", *("yes" if permission in GRANTS[role] else "" for role in Role)] for permission in Permission]
    return f"# Permissions\n\n{NOTE}\n" + _table(("permission", *map(str, Role)), rows)


PAGES = {"order_life.md": life_page, "permissions.md": permission_page}


def main(folder: str = "docs") -> None:
    """Writes the pages into a folder."""
    from pathlib import Path

    for name, page in PAGES.items():
        (Path(folder) / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
