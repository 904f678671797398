"""A small network library: what a teaching notebook trains.

`Neuron` and `Layer` are micrograd's, over Values. `Linear`, `Embedding`, `BatchNorm`, `LayerNorm`
and `Dropout` are over Tensors, and `Sequential` puts them one after another. `MLP` is of one kind
or the other. All are Modules: they know their parameters, and their state can be saved.
"""

from .convolution import Conv1d, Conv2d
from .initialise import glorot, he
from .layers import Dropout, Embedding, Linear
from .mlp import MLP, Sequential
from .module import Module
from .norms import BatchNorm, LayerNorm
from .pooling import AvgPool2d, Flatten, MaxPool2d
from .scalar import Layer, Neuron

__all__ = [
    "MLP",
    "AvgPool2d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "Module",
    "Neuron",
    "Sequential",
    "glorot",
    "he",
]
