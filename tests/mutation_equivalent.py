# ruff: noqa: E501
"""Mutants of rules that compute the same numbers as the rule, by the reason why.

A mutant is named by its rule and its change, as `mutation.py` prints them.
"""

REASONS: dict[str, list[tuple[str, str]]] = {
    "0 / inf is 0 / z": [("elementwise.hypot_slope", "z → x")],
    "NumPy takes any negative length as the one to be found": [
        ("index.Pick.forward", "1 → 2"),
        ("solve.cofactors", "n - 1 → 1 - n"),
    ],
    "NumPy's whole number, or int of its float, serves as well": [
        (
            "index.Put.forward",
            "int(np.prod(before, dtype=np.int64)) → np.prod(before, dtype=np.int64)",
        ),
        (
            "index.Put.forward",
            "int(np.prod(self.old, dtype=np.int64)) → np.prod(self.old, dtype=np.int64)",
        ),
        ("index.Put.forward", "np.prod(before, dtype=np.int64) → np.prod(before)"),
        ("index.Put.forward", "np.prod(self.old, dtype=np.int64) → np.prod(self.old)"),
    ],
    "U or V spans everything, so the part outside is 0": [
        (
            "decompose.Svd.vjp",
            "if m > k: away = chain_product(to_u - "
            "matmul(u, turn_u), 1 / row) share = "
            "share + matmul(away, mT(v)) → if True: "
            "away = chain_product(to_u - matmul(u, "
            "turn_u), 1 / row) share = share + "
            "matmul(away, mT(v))",
        ),
        (
            "decompose.Svd.vjp",
            "if shape(x)[-1] > k: away = "
            "chain_product(to_v - matmul(v, turn_v), "
            "1 / row) share = share + matmul(u, "
            "mT(away)) → if True: away = "
            "chain_product(to_v - matmul(v, turn_v), "
            "1 / row) share = share + matmul(u, "
            "mT(away))",
        ),
        ("decompose.Svd.vjp", "m > k → m >= k"),
        ("decompose.Svd.vjp", "shape(x)[-1] > k → shape(x)[-1] >= k"),
    ],
    "`where` broadcasts": [
        (
            "reduce.Prod.vjp",
            "BroadcastTo((*shape(out), 1, n), (*shape(out), n, "
            "n))(Reshape(shape(x), (*shape(out), 1, n))(x)) → Reshape(shape(x), "
            "(*shape(out), 1, n))(x)",
        )
    ],
    "`where` reads 1.0 as true and 0.0 as false": [
        ("decompose.Svd.vjp", "np.eye(k, dtype=bool) → np.eye(k)"),
        ("decompose.lower", "np.eye(n, dtype=bool) → np.eye(n)"),
        ("decompose.lower", "np.tri(n, dtype=bool) → np.tri(n)"),
        ("reduce.Prod.vjp", "np.eye(n, dtype=bool) → np.eye(n)"),
    ],
    "a NumPy number serves as an array of no axes": [
        (
            "index.Slice.forward",
            "np.asarray(np.asarray(x)[..., *self.index]) → np.asarray(x)[..., *self.index]",
        )
    ],
    "a list of axes serves as a tuple does": [("shape.Transpose.vjp", "tuple(inverse) → inverse")],
    "a short way not taken, or taken: the long one gives the same": [
        ("shape.Sum.vjp", "x → g (2)"),
        ("elementwise.quotient", "z → g"),
        ("elementwise.quotient", "g → x (2)"),
        ("elementwise.quotient", "g → z (2)"),
    ],
    "a short way not taken: the long one gives the same": [
        (
            "reduce.Prod.vjp",
            "if np.all(np.isfinite(data(out)) & "
            "(data(out) != 0)): return g * "
            "(Reshape(shape(out), kept)(out) / x) → "
            "if False: return g * "
            "(Reshape(shape(out), kept)(out) / x)",
        ),
        (
            "shape.reshaped",
            "if isinstance(g, Node): return "
            "Reshape(old, new)(g) → if True: return "
            "Reshape(old, new)(g)",
        ),
    ],
    "a sweep hands on arrays already": [
        ("accumulate.CumSum.forward", "array(x) → x"),
        ("accumulate.CumSum.forward", "x = array(x) → nothing"),
        ("index.Pick.forward", "np.asarray(x) → x"),
        ("index.Pick.forward", "x = np.asarray(x) → nothing"),
        ("reduce.Extreme.vjp", "array(data(out)) → data(out)"),
        ("reduce.Prod.forward", "np.asarray(x) → x"),
        ("shape.AsType.forward", "np.asarray(x) → x"),
        ("shape.Transpose.forward", "np.asarray(x) → x"),
        ("shape.Transpose.forward", "x = np.asarray(x) → nothing"),
    ],
    "a vector has no axis there": [
        ("linalg.MatMul.vjp", "() if row else shape(x)[-2:-1] → shape(x)[-2:-1]")
    ],
    "booleans add up to int64 on this platform anyway": [
        (
            "reduce.Extreme.vjp",
            "np.add.reduce(tied, axis=self.axes, "
            "keepdims=True, dtype=np.int64) → "
            "np.add.reduce(tied, axis=self.axes, "
            "keepdims=True)",
        )
    ],
    "comparisons and tests of nodes are answered with plain data": [
        ("elementwise.hypot_slope", "data(z) → z"),
        ("distance.distance_slope", "data(y) → y"),
        ("elementwise.power_base", "data(x) → x"),
        ("elementwise.power_base", "data(y) → y"),
        ("elementwise.power_exponent", "data(x) → x"),
        ("elementwise.power_exponent", "data(y) → y"),
        ("reduce.Extreme.vjp", "data(out) → out"),
        ("reduce.Extreme.vjp", "data(x) → x"),
        ("reduce.Prod.vjp", "data(out) → out"),
        ("reduce.Prod.vjp", "data(out) → out (2)"),
        ("rounding.copysign[0]", "data(y) → y"),
        ("rounding.heaviside_value", "data(x) → x"),
        ("solve.Det.vjp", "data(out) → out"),
    ],
    "every entry is written to afterwards": [
        ("shape.BroadcastTo.forward", "np.empty → np.ones"),
        ("shape.Sum.vjp", "np.empty → np.ones"),
        ("shape.Sum.vjp", "np.empty → np.ones (2)"),
        ("shape.Transpose.vjp", "0 → 1"),
    ],
    "for finite results either way gives the same; the slow one serves all": [
        ("reduce.Prod.vjp", "np.isfinite → np.isnan")
    ],
    "hypot is even": [("elementwise.arcsinh[0]", "1.0 → -1.0")],
    "no tie means NaN, and then the share is NaN (the number only spares a warning)": [
        ("reduce.Extreme.vjp", "0 → 1"),
        ("reduce.Extreme.vjp", "1 → -1"),
        ("reduce.Extreme.vjp", "1 → 2"),
        ("reduce.Extreme.vjp", "np.where(ties == 0, 1, ties) → ties"),
    ],
    "nodes and arrays go either way; the short one saves time": [
        ("linalg.MatMul.vjp", "g → out (5)"),
        ("linalg.MatMul.vjp", "g → x (5)"),
        ("linalg.MatMul.vjp", "g → y (5)"),
        (
            "linalg.MatMul.vjp",
            "if type(g) is np.ndarray: return "
            "np.matmul(g, y.T) if i == 0 else "
            "np.matmul(x.T, g) → if False: "
            "return np.matmul(g, y.T) if i == "
            "0 else np.matmul(x.T, g)",
        ),
        (
            "linalg.MatMul.vjp",
            "if type(g) is np.ndarray: return "
            "np.matmul(g, y.T) if i == 0 else "
            "np.matmul(x.T, g) → if True: "
            "return np.matmul(g, y.T) if i == "
            "0 else np.matmul(x.T, g)",
        ),
        ("linalg.MatMul.vjp", "type(g) is np.ndarray → type(g) is not np.ndarray"),
        ("linalg.MatMul.vjp", "type(g) → g"),
        (
            "linalg.mT",
            "Transpose((-1, -2))(x) if "
            "isinstance(x, Node) else "
            "x.swapaxes(-1, -2) → "
            "Transpose((-1, -2))(x)",
        ),
        (
            "linalg.mT",
            "Transpose((-1, -2))(x) if "
            "isinstance(x, Node) else "
            "x.swapaxes(-1, -2) → "
            "x.swapaxes(-1, -2)",
        ),
        ("linalg.mT", "isinstance(x, Node) → Node"),
    ],
    "only the order of summation": [
        ("einsum.Einsum.forward", "1 → -1"),
        ("einsum.Einsum.forward", "1 → 2"),
        ("einsum.Einsum.forward", "len(xs) > 1 → len(xs) < 1"),
        ("einsum.Einsum.forward", "len(xs) > 1 → len(xs) >= 1"),
        (
            "einsum.Einsum.forward",
            "np.einsum(formula, *xs, optimize=len(xs) > 1) → np.einsum(formula, *xs)",
        ),
    ],
    "only whether a copy is made": [
        ("index.Put.forward", "False → True"),
        ("index.Put.forward", "out.astype(g.dtype, copy=False) → out.astype(g.dtype)"),
    ],
    "short ways, which give the same as the long one": [
        ("shape.Sum.vjp", "-1 → 1 (2)"),
        ("shape.Sum.vjp", "1 → -1 (2)"),
        ("shape.Sum.vjp", "g → out (4)"),
        ("shape.Sum.vjp", "g → x (4)"),
        ("shape.Sum.vjp", "g → x (7)"),
        (
            "shape.Sum.vjp",
            "if g.ndim == 0: copies = "
            "np.empty(x.shape, g.dtype) copies.fill(g) "
            "return copies → if False: copies = "
            "np.empty(x.shape, g.dtype) copies.fill(g) "
            "return copies",
        ),
        (
            "shape.Sum.vjp",
            "if self.keepdims and self.axes == (-1,): "
            "return g.repeat(x.shape[-1], -1) → if "
            "False: return g.repeat(x.shape[-1], -1)",
        ),
        (
            "shape.Sum.vjp",
            "if isinstance(g, Node): return "
            "BroadcastTo(kept, full)(g) → if True: "
            "return BroadcastTo(kept, full)(g)",
        ),
        (
            "shape.Sum.vjp",
            "if type(x) is ndarray and isinstance(g, "
            "PLAIN): if g.ndim == 0: copies = "
            "np.empty(x.shape, g.dtype) copies.fill(g) "
            "return copies if self.keepdims and "
            "self.axes == (-1,): return "
            "g.repeat(x.shape[-1], -1) → if False: if "
            "g.ndim == 0: copies = np.empty(x.shape, "
            "g.dtype) copies.fill(g) return copies if "
            "self.keepdims and self.axes == (-1,): "
            "return g.repeat(x.shape[-1], -1)",
        ),
        ("shape.Sum.vjp", "type(x) → x"),
    ],
    "step(relu(x)) is step(x)": [("activations.relu[0]", "x → y")],
    "the length that is left to be found is 1": [
        ("linalg.MatMul.vjp", "1 → -1 (8)"),
        ("linalg.MatMul.vjp", "1 → -1 (9)"),
        ("reduce.Prod.vjp", "1 → -1"),
        ("reduce.Prod.vjp", "1 → -1 (3)"),
        ("reduce.Prod.vjp", "1 → -1 (4)"),
    ],
    "the matrix is square": [("decompose.lower", "1 → 2"), ("solve.cofactors", "1 → 2")],
    "the product with the share broadcasts": [
        (
            "reduce.Extreme.vjp",
            "BroadcastTo(kept, old)(Reshape(shape(out), kept)(g)) → Reshape(shape(out), kept)(g)",
        ),
        ("reduce.Extreme.vjp", "old → kept"),
    ],
    "the same length": [
        ("decompose.Svd.vjp", "out → g (4)"),
        ("linalg.MatMul.vjp", "y → g (2)"),
        ("linalg.MatMul.vjp", "y → out (2)"),
    ],
    "the same place counted from the end": [
        ("fft.Fourier.forward", "1 → -1"),
        ("shape.Transpose.vjp", "origin + n → origin"),
    ],
    "the short way for two matrices gives the same as the long one": [
        ("linalg.MatMul.vjp", "2 → -2"),
        (
            "linalg.MatMul.vjp",
            "if x.ndim == y.ndim == 2: "
            "if type(g) is np.ndarray: "
            "return np.matmul(g, y.T) if "
            "i == 0 else np.matmul(x.T, "
            "g) return matmul_(g, mT(y)) "
            "if i == 0 else "
            "matmul_(mT(x), g) → if "
            "False: if type(g) is "
            "np.ndarray: return "
            "np.matmul(g, y.T) if i == 0 "
            "else np.matmul(x.T, g) "
            "return matmul_(g, mT(y)) if "
            "i == 0 else matmul_(mT(x), "
            "g)",
        ),
        ("linalg.MatMul.vjp", "x → out"),
        ("linalg.MatMul.vjp", "y → out"),
    ],
    "the sign of z is y's, copysign drops the first sign, and to divide by ±1 is to multiply": [
        ("rounding.copysign[0]", "1.0 → -1.0"),
        (
            "rounding.copysign[0]",
            "sign(x) * np.copysign(1.0, data(y)) → sign(x) / np.copysign(1.0, data(y))",
        ),
        ("rounding.copysign[0]", "y → z"),
    ],
    "the third argument is there for symmetry only": [
        ("elementwise.hypot[0]", "y → x"),
        ("elementwise.hypot[0]", "y → z"),
        ("elementwise.hypot[1]", "x → y"),
        ("elementwise.hypot[1]", "x → z"),
    ],
    "the two have as many axes": [("shape.Sum.vjp", "full → kept (4)")],
    "the two have one length": [
        ("einsum.Einsum.vjp", "True → False"),
        ("einsum.Einsum.vjp", "zip(self.letters, xs, strict=True) → zip(self.letters, xs)"),
    ],
    "to divide by ±1 is to multiply": [
        (
            "solve.cofactors",
            "det_(Pick(places, (n, n), 'minors')(x)) * signs → "
            "det_(Pick(places, (n, n), 'minors')(x)) / signs",
        )
    ],
    "true and false count as 1 and 0": [
        ("rounding.heaviside_value", "np.equal(data(x), 0) * 1.0 → np.equal(data(x), 0)"),
        ("rounding.heaviside_value", "np.equal(data(x), 0) * 1.0 → np.equal(data(x), 0) / 1.0"),
    ],
    "who differs from the loser is the winner, and equal to z": [
        ("extremes.fmax_won[0]", "x → z"),
        ("extremes.fmax_won[1]", "y → z"),
        ("extremes.fmin_won[0]", "x → z"),
        ("extremes.fmin_won[1]", "y → z"),
        ("extremes.maximum_won[0]", "x → z"),
        ("extremes.maximum_won[1]", "y → z"),
        ("extremes.minimum_won[0]", "x → z"),
        ("extremes.minimum_won[1]", "y → z"),
    ],
    "with axes kept the shape is right already": [
        (
            "shape.Sum.vjp",
            "if not self.keepdims: g = reshaped(g, "
            "shape(out), kept) → if True: g = reshaped(g, "
            "shape(out), kept)",
        )
    ],
    "without summed letters the copy is the array itself; own letters that are known are reached; a letter is an axis": [
        (
            "einsum.Einsum.vjp",
            "broadcast_to(expand_dims(back, "
            "summed), "
            "before "
            "+ "
            "old) "
            "if "
            "summed "
            "else "
            "back "
            "→ "
            "broadcast_to(expand_dims(back, "
            "summed), "
            "before "
            "+ "
            "old)",
        ),
        ("einsum.Einsum.vjp", "known → reached (2)"),
        ("einsum.Einsum.vjp", "mine → old (2)"),
        ("einsum.Einsum.vjp", "summed → mine"),
    ],
    "√x is 0 where x is": [("distance.distance_slope", "y → x")],
    "the matrix is square and the width of all is its own": [
        ("symmetric.Eigh.vjp", "1 → 2"),
        ("symmetric.Eigh.vjp", "x → g"),
        ("symmetric.Eigh.vjp", "x → out"),
    ],
    "`where` reads 1.0 as true": [("symmetric.Eigh.vjp", "np.eye(n, dtype=bool) → np.eye(n)")],
    "X was made symmetric before, and so the gradient is": [
        ("symmetric.Cholesky.vjp", "mT(share) → share")
    ],
    "both ways add the same numbers in the same order": [
        ("index.Put.forward", "8 → -8"),
        ("index.Put.forward", "8 → 9"),
        ("index.Put.forward", "g.dtype.itemsize > 8 → g.dtype.itemsize >= 8"),
        (
            "index.Put.forward",
            "if g.dtype.itemsize > 8: out = "
            "np.zeros(rows * size, g.dtype) "
            "np.add.at(out, spots, g.ravel()) else: "
            "out = np.bincount(spots, "
            "weights=g.ravel(), minlength=rows * "
            "size) → if True: out = np.zeros(rows * "
            "size, g.dtype) np.add.at(out, spots, "
            "g.ravel()) else: out = "
            "np.bincount(spots, weights=g.ravel(), "
            "minlength=rows * size)",
        ),
    ],
    "NaN either way, or a short way not taken": [
        ("elementwise.remainder_slope", "d + flat(z) → d - flat(z)"),
        ("elementwise.remainder_slope", "d if all_finite(z) else d + flat(z) → d + flat(z)"),
    ],
    "two ways that give the same: time depends on it, or digits beyond those that are promised": [
        ("solve.Det.vjp", "-1 → 1 (2)"),
        ("solve.Det.vjp", "1 → -1 (2)"),
        ("solve.Det.vjp", "1 → 2 (2)"),
        ("solve.Det.vjp", "32 → 33"),
        ("solve.Det.vjp", "isinstance(out, Node) → Node"),
        (
            "solve.Det.vjp",
            "not "
            "isinstance(out, "
            "Node) "
            "or "
            "shape(x)[-1] "
            "> "
            "32 "
            "or "
            "far_from_singular(x, "
            "inverse) "
            "→ "
            "far_from_singular(x, "
            "inverse)",
        ),
        (
            "solve.Det.vjp",
            "not "
            "isinstance(out, "
            "Node) "
            "or "
            "shape(x)[-1] "
            "> "
            "32 "
            "or "
            "far_from_singular(x, "
            "inverse) "
            "→ "
            "not "
            "isinstance(out, "
            "Node)",
        ),
        ("solve.Det.vjp", "out → g (2)"),
        ("solve.Det.vjp", "out → x (2)"),
        ("solve.Det.vjp", "shape(x)[-1] > 32 → shape(x)[-1] >= 32"),
        ("solve.Det.vjp", "x → g (4)"),
        ("solve.far_from_singular", "(data(y) ** 2).sum((-2, -1)) → (-2, -1)"),
        ("solve.far_from_singular", "0 → 1 (2)"),
        ("solve.far_from_singular", "1 → -1"),
        ("solve.far_from_singular", "1 → -1 (3)"),
        ("solve.far_from_singular", "2 → -2"),
        ("solve.far_from_singular", "2 → 3"),
        (
            "solve.far_from_singular",
            "bool(np.all(sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "< "
            "1)) "
            "→ "
            "np.all(sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "< "
            "1)",
        ),
        ("solve.far_from_singular", "data(y) ** 2 → 2 ** data(y)"),
        ("solve.far_from_singular", "data(y) → y"),
        ("solve.far_from_singular", "np.sqrt → np.square"),
        (
            "solve.far_from_singular",
            "np.sqrt((data(y) ** 2).sum((-2, -1))) → (data(y) ** 2).sum((-2, -1))",
        ),
        (
            "solve.far_from_singular",
            "sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "< "
            "1 "
            "→ "
            "sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "<= "
            "1",
        ),
        (
            "solve.far_from_singular",
            "sizes[0] * sizes[1] * np.sqrt(np.finfo(sizes[0].dtype).eps) → sizes[0] * sizes[1]",
        ),
        (
            "solve.far_from_singular",
            "sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "→ "
            "sizes[0] "
            "* "
            "sizes[1] "
            "+ "
            "np.sqrt(np.finfo(sizes[0].dtype).eps)",
        ),
        (
            "solve.far_from_singular",
            "sizes[0] "
            "* "
            "sizes[1] "
            "* "
            "np.sqrt(np.finfo(sizes[0].dtype).eps) "
            "→ "
            "sizes[0] "
            "* "
            "sizes[1] "
            "/ "
            "np.sqrt(np.finfo(sizes[0].dtype).eps)",
        ),
    ],
    "the bound on rounding: a little more, or less": [
        ("decompose.ties", "8 * np.sqrt(w.shape[-1]) → 8"),
        ("decompose.ties", "8 * np.sqrt(w.shape[-1]) → 8 + np.sqrt(w.shape[-1])"),
        ("decompose.ties", "8 * np.sqrt(w.shape[-1]) → 8 / np.sqrt(w.shape[-1])"),
        ("decompose.ties", "8 → 9"),
        (
            "decompose.ties",
            "np.abs(w[..., None, :] - w[..., :, None]) "
            "<= rounding → np.abs(w[..., None, :] - "
            "w[..., :, None]) < rounding",
        ),
    ],
    "the same numbers, in another order or from another array of that shape": [
        ("decompose.ties", "w[..., None, :] - w[..., :, None] → w[..., :, None] - w[..., None, :]")
    ],
}

EQUIVALENT = {mutant: reason for reason, named in REASONS.items() for mutant in named}
