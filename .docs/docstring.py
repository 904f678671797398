"""A docstring as Markdown: its examples in fences, and public names as links to their entries."""

import re
from collections.abc import Iterable

from inventory import path

import autograd_lite as ag

__all__ = ["as_markdown"]

# An example: from a prompt to the next empty line (an example's own empty lines are <BLANKLINE>).
EXAMPLE = re.compile(r"^>>> .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def as_markdown(text: str, taken: Iterable[str] = ()) -> str:
    """A docstring with each example in a fence, and public names as links, but for those taken."""
    parts, end = [], 0
    for found in EXAMPLE.finditer(text):
        parts += [linked(text[end : found.start()], taken), f"```pycon\n{found[0]}\n```"]
        end = found.end()
    return "".join([*parts, linked(text[end:], taken)])


def linked(text: str, taken: Iterable[str]) -> str:
    """Public names in backticks as references to their entries."""
    names = "|".join(sorted(set(dir(ag)) - set(taken), key=len, reverse=True))
    public = re.compile(rf"(?<!`)`(?:ag\.)?({names})`(?!`)")
    return public.sub(lambda found: f"[{found[0]}][{path(found[1])}]", text)
