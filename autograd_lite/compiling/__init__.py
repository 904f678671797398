"""The derivative written down: a function recorded once and replayed as straight NumPy.

Reading order: `traced` (the stand-ins a function is given), `outside` (the copy of the function,
in which what it takes from outside are stand-ins too), `steps` and `recorder` (what becomes of
every use of one), `program` (the steps that come of it), `rules` and `passes` (made simpler),
`writer` and `printing` (as text), `running`; `recording` and `compiled` put it together, `audit`
looks whether it is still the function, and `within` makes it an operation of a graph. Long
computations on numbers go another way: `tape`, `levels`, `batched`, `shares`.
"""

from .compiled import compile
from .of_graph import source

__all__ = ["compile", "source"]
