"""What a program returns, as an expression: its results, nested as the function nested them."""

from __future__ import annotations

from typing import Any

__all__ = ["Shown"]


class Shown:
    """The expression a program returns: nested as the result is, where Python can write that."""

    def __init__(self, form: Any) -> None:
        self.form = form
        self.nested = True

    def __call__(self, parts: list[str]) -> str:
        try:
            return self.show(self.form([Word(p) for p in parts]))
        except (TypeError, ValueError):
            self.nested = False
            return f"[{', '.join(parts)}]"

    def show(self, tree: Any) -> str:
        """A tree of words as an expression; TypeError if it is of something else."""
        if isinstance(tree, Word):
            return tree.text
        if type(tree) is tuple:
            inner = ", ".join(map(self.show, tree))
            return f"({inner},)" if len(tree) == 1 else f"({inner})"
        if type(tree) is list:
            return f"[{', '.join(map(self.show, tree))}]"
        if type(tree) is dict and all(isinstance(k, str | int) for k in tree):
            return "{" + ", ".join(f"{k!r}: {self.show(v)}" for k, v in tree.items()) + "}"
        if tree is None:
            return "None"
        raise TypeError(f"no way to write {type(tree).__name__}")


class Word:
    """A part of a result, as text."""

    def __init__(self, text: str) -> None:
        self.text = text
