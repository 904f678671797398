"""A small network library: what a teaching notebook trains.

`Neuron` and `Layer` are micrograd's, over Values. `Linear`, `Embedding`, `BatchNorm`, `LayerNorm`
and `Dropout` are over Tensors, and `Sequential` puts them one after another. `MLP` is of one kind
or the other. All are Modules: they know their parameters, and their state can be saved.
"""

from .initialise import glorot, he
from .layers import Dropout, Embedding, Linear
from .mlp import MLP, Sequential
from .module import Module
from .norms import BatchNorm, LayerNorm
from .scalar import Layer, Neuron

__all__ = [
    "MLP",
    "BatchNorm",
    "Dropout",
    "Embedding",
    "Layer",
    "LayerNorm",
    "Linear",
    "Module",
    "Neuron",
    "Sequential",
    "glorot",
    "he",
]
