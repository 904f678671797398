"""A small network library: what a teaching notebook trains.

`Neuron` and `Layer` are micrograd's, over Values; `MLP` is over Values or over Tensors. All others
are over Tensors, and `Sequential` puts them one after another. All are Modules: they know their
parameters, and their state can be saved.
"""

from .attention import (
    MultiheadAttention,
    TransformerBlock,
    positional_encoding,
    scaled_dot_product_attention,
)
from .convolution import Conv1d, Conv2d
from .initialise import glorot, he
from .layers import Dropout, Embedding, Linear
from .mlp import MLP, Sequential
from .module import Module
from .neurons import Layer, Neuron
from .norms import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from .pooling import AvgPool2d, Flatten, MaxPool2d
from .recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "AvgPool2d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "InstanceNorm",
    "LSTMCell",
    "Layer",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "Module",
    "MultiheadAttention",
    "Neuron",
    "RMSNorm",
    "RNNCell",
    "Sequential",
    "TransformerBlock",
    "glorot",
    "he",
    "positional_encoding",
    "scaled_dot_product_attention",
]
