"""Backpropagation by hand through a batch-normalised network, every intermediate for itself.

The exercise is Andrej Karpathy's ("Becoming a backprop ninja", 2022): embedding, linear layer,
batch normalisation, tanh, linear layer, softmax with cross-entropy, taken apart into 26 steps.
`backward` is the student's sheet, one line a step; `bug` makes one of its lines wrong.
"""

from __future__ import annotations

import numpy as np

import autograd_lite as ag

BATCH, BLOCK, WIDTH, CLASSES = 32, 3, 10, 27

# The wrong line, the step it is in, and the code it should be named by.
MISTAKES = {
    "logprobs: mean forgotten": ("logprobs", "scale"),
    "counts: one use forgotten": ("counts", "missing-path"),
    "norm_logits: exp's derivative forgotten": ("norm_logits", "local-derivative"),
    "logits: the wrong sign": ("logits", "sign"),
    "h: W2 not transposed": ("W2", "transposed"),
    "hpreact: tanh taken as 1 − h": ("hpreact", "local-derivative"),
    "bngain: bndiff for bnraw": ("bngain", "wrong-operand"),
    "bnvar: the power rule's exponent": ("bnvar", "local-derivative"),
    "bndiff: the variance forgotten": ("bndiff", "missing-path"),
    "hprebn: the mean counted twice": ("hprebn", "double-counted"),
    "b1: not summed over the batch": ("b1", "not-summed"),
    "C: buffered +=": ("C", "repeated-index"),
}


def forward(hidden=64, seed=0):
    """The loss, and every intermediate by its name."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, CLASSES, size=(BATCH, BLOCK))
    Y = rng.integers(0, CLASSES, size=BATCH)
    n: dict[str, ag.Node] = {}

    def put(name, node):
        node.label = name
        n[name] = node
        return node

    C = put("C", ag.Tensor(rng.normal(size=(CLASSES, WIDTH))))
    W1 = put("W1", ag.Tensor(rng.normal(size=(WIDTH * BLOCK, hidden)) / 5))
    b1 = put("b1", ag.Tensor(rng.normal(size=hidden) * 0.3))
    W2 = put("W2", ag.Tensor(rng.normal(size=(hidden, CLASSES)) * 0.3))
    b2 = put("b2", ag.Tensor(rng.normal(size=CLASSES) * 0.3))
    bngain = put("bngain", ag.Tensor(1 + rng.normal(size=(1, hidden)) * 0.3))
    bnbias = put("bnbias", ag.Tensor(rng.normal(size=(1, hidden)) * 0.3))
    emb = put("emb", C[X])
    embcat = put("embcat", ag.reshape(emb, (BATCH, BLOCK * WIDTH)))
    hprebn = put("hprebn", ag.matmul(embcat, W1) + b1)
    bnmeani = put("bnmeani", ag.sum(hprebn, 0, keepdims=True) / BATCH)
    bndiff = put("bndiff", hprebn - bnmeani)
    bndiff2 = put("bndiff2", bndiff**2)
    bnvar = put("bnvar", ag.sum(bndiff2, 0, keepdims=True) / (BATCH - 1))
    bnvar_inv = put("bnvar_inv", (bnvar + 1e-5) ** -0.5)
    bnraw = put("bnraw", bndiff * bnvar_inv)
    hpreact = put("hpreact", bngain * bnraw + bnbias)
    h = put("h", ag.tanh(hpreact))
    logits = put("logits", ag.matmul(h, W2) + b2)
    logit_maxes = put("logit_maxes", ag.max(logits, 1, keepdims=True))
    norm_logits = put("norm_logits", logits - logit_maxes)
    counts = put("counts", ag.exp(norm_logits))
    counts_sum = put("counts_sum", ag.sum(counts, 1, keepdims=True))
    counts_sum_inv = put("counts_sum_inv", counts_sum**-1.0)
    probs = put("probs", counts * counts_sum_inv)
    logprobs = put("logprobs", ag.log(probs))
    loss = -ag.sum(logprobs[np.arange(BATCH), Y]) / BATCH
    return loss, n, X, Y


def backward(n, X, Y, bug=None):
    """Every intermediate's gradient by hand, in plain NumPy; `bug` makes one line wrong."""
    v = {name: node.data for name, node in n.items()}
    d = {}
    d["logprobs"] = np.zeros_like(v["logprobs"])
    d["logprobs"][np.arange(BATCH), Y] = -1.0 / BATCH
    if bug == "logprobs: mean forgotten":
        d["logprobs"] *= BATCH
    d["probs"] = d["logprobs"] / v["probs"]
    d["counts_sum_inv"] = (v["counts"] * d["probs"]).sum(1, keepdims=True)
    d["counts"] = v["counts_sum_inv"] * d["probs"]
    d["counts_sum"] = -(v["counts_sum"] ** -2.0) * d["counts_sum_inv"]
    if bug != "counts: one use forgotten":
        d["counts"] = d["counts"] + np.ones_like(v["counts"]) * d["counts_sum"]
    d["norm_logits"] = v["counts"] * d["counts"]
    if bug == "norm_logits: exp's derivative forgotten":
        d["norm_logits"] = d["counts"].copy()
    d["logits"] = d["norm_logits"].copy()
    d["logit_maxes"] = -d["norm_logits"].sum(1, keepdims=True)
    picked = np.eye(CLASSES)[v["logits"].argmax(1)]
    d["logits"] += picked * d["logit_maxes"]
    if bug == "logits: the wrong sign":
        d["logits"] = picked * d["logit_maxes"] - d["norm_logits"]
    d["h"] = d["logits"] @ v["W2"].T
    d["W2"] = v["h"].T @ d["logits"]
    if bug == "h: W2 not transposed":
        d["W2"] = d["logits"].T @ v["h"]
    d["b2"] = d["logits"].sum(0)
    d["hpreact"] = (1.0 - v["h"] ** 2) * d["h"]
    if bug == "hpreact: tanh taken as 1 − h":
        d["hpreact"] = (1.0 - v["h"]) * d["h"]
    d["bngain"] = (v["bnraw"] * d["hpreact"]).sum(0, keepdims=True)
    if bug == "bngain: bndiff for bnraw":
        d["bngain"] = (v["bndiff"] * d["hpreact"]).sum(0, keepdims=True)
    d["bnraw"] = v["bngain"] * d["hpreact"]
    d["bnbias"] = d["hpreact"].sum(0, keepdims=True)
    d["bndiff"] = v["bnvar_inv"] * d["bnraw"]
    d["bnvar_inv"] = (v["bndiff"] * d["bnraw"]).sum(0, keepdims=True)
    d["bnvar"] = -0.5 * (v["bnvar"] + 1e-5) ** -1.5 * d["bnvar_inv"]
    if bug == "bnvar: the power rule's exponent":
        d["bnvar"] = -0.5 * (v["bnvar"] + 1e-5) ** -0.5 * d["bnvar_inv"]
    d["bndiff2"] = np.ones_like(v["bndiff2"]) / (BATCH - 1) * d["bnvar"]
    if bug != "bndiff: the variance forgotten":
        d["bndiff"] = d["bndiff"] + 2 * v["bndiff"] * d["bndiff2"]
    d["bnmeani"] = -d["bndiff"].sum(0, keepdims=True)
    times = 2 if bug == "hprebn: the mean counted twice" else 1
    d["hprebn"] = d["bndiff"] + times * np.ones_like(v["hprebn"]) / BATCH * d["bnmeani"]
    d["embcat"] = d["hprebn"] @ v["W1"].T
    d["W1"] = v["embcat"].T @ d["hprebn"]
    d["b1"] = d["hprebn"] if bug == "b1: not summed over the batch" else d["hprebn"].sum(0)
    d["emb"] = d["embcat"].reshape(v["emb"].shape)
    d["C"] = np.zeros_like(v["C"])
    if bug == "C: buffered +=":
        d["C"][X] += d["emb"]
    else:
        np.add.at(d["C"], X, d["emb"])
    return d
