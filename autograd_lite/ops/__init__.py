"""The operations and their rules: the table of elementwise ones, and a class each for the rest."""
