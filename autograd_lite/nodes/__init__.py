"""The two kinds of node, and what is around the core: blocks, copies, files, NumPy's protocols.

Importing it puts the quick ways of `fast` in their places, where that folder is there and
`AUTOGRAD_LITE_PLAIN` is not set; only then is anything imported that looks the plain ones up.
"""

import importlib
import os
from contextlib import suppress
from typing import Any

import numpy as np

fast: Any = None
if os.environ.get("AUTOGRAD_LITE_PLAIN", "0") in ("", "0"):
    with suppress(ModuleNotFoundError):
        fast = importlib.import_module("..fast", __name__)

_tensor = importlib.import_module(".tensor", __name__)
_value = importlib.import_module(".value", __name__)

if fast is not None:
    from ..core import elementwise as e
    from ..ops import activations, linalg, shape

    _methods = {
        **{"__add__": e.add, "__sub__": e.subtract, "__mul__": e.multiply, "__truediv__": e.divide},
        **{"__radd__": e.add, "__rsub__": e.subtract, "__rmul__": e.multiply},
        **{"__rtruediv__": e.divide, "__neg__": e.negative, "exp": e.exp, "log": e.log},
        **{"tanh": e.tanh, "relu": activations.relu, "sigmoid": activations.sigmoid},
    }
    fast.install({_value.Value: False, _tensor.Tensor: True}, _methods)
    for _name in "__matmul__", "__rmatmul__":
        fast.install_method(_tensor.Tensor, _name, linalg.matmul_, np.matmul)
    shape.quick_sums[_tensor.Tensor] = fast.sum_of
