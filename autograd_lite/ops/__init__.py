"""The operations and their rules: the table of elementwise ones, and a class each for the rest."""

from . import zeros  # noqa: F401  (it tells sweeps what 0 · inf is)
