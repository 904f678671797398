"""Mistakes in hand-derived gradients: each is one entry, with code, sentence, numbers and fix.

Reading order: `mistake` (what an entry is), `places` (where mistakes are made), any family
(`slopes`, say), `diagnosis` (which of them explain the numbers), `where`.
"""

from .codes import CODES
from .diagnosis import diagnose
from .evidence import Clock, Evidence
from .where import where

__all__ = ["CODES", "Clock", "Evidence", "diagnose", "where"]
