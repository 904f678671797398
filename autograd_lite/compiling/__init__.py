"""The derivative written down: a function recorded once and replayed as straight NumPy.

Reading order: `traced` (the stand-ins a function is given), `steps` and `recorder` (what becomes of
every use of one), `program` (the steps that come of it), `rules` and `passes` (made simpler),
`writer` and `printing` (as text), `running`; `recording` and `compiled` put it together. `captures`
watches what a function takes from outside. Long computations on numbers go another way: `tape`,
`levels`, `batched`, `shares`.
"""

from .compiled import compile
from .of_graph import source

__all__ = ["compile", "source"]
