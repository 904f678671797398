"""Functions as students of courses on vision, sequences and optimisation write them.

Loops over preallocated arrays, margins by fancy index, states written column by column. Each takes
the namespace `np` first, NumPy's or ours, and returns what it computed; `PROGRAMS` has each with
the shapes of its arguments. Whole numbers among them are labels or options.
"""

from __future__ import annotations

LABELS = (2, 0, 1, 1)

# --- images


def conv_naive(np, x, w, b, stride=1, pad=1):
    n, _c, h, v = x.shape
    f, _, hh, ww = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = 1 + (h + 2 * pad - hh) // stride, 1 + (v + 2 * pad - ww) // stride
    out = np.zeros((n, f, rows, columns))
    for k in range(n):
        for m in range(f):
            for i in range(rows):
                for j in range(columns):
                    top, left = i * stride, j * stride
                    window = padded[k, :, top : top + hh, left : left + ww]
                    out[k, m, i, j] = np.sum(window * w[m]) + b[m]
    return out


def conv_strided(np, x, w, b):
    return conv_naive(np, x, w, b, stride=2, pad=0)


def conv_accumulated(np, x, w):
    n, c, h, v = x.shape
    f, _, hh, ww = w.shape
    out = np.zeros((n, f, h - hh + 1, v - ww + 1))
    for m in range(f):
        for channel in range(c):
            for i in range(hh):
                for j in range(ww):
                    part = x[:, channel, i : i + h - hh + 1, j : j + v - ww + 1]
                    out[:, m] += part * w[m, channel, i, j]
    return out


def conv_by_columns(np, x, w):
    n, c, h, v = x.shape
    f, _, hh, ww = w.shape
    rows, columns = h - hh + 1, v - ww + 1
    cols = np.zeros((c * hh * ww, n * rows * columns))
    column = 0
    for k in range(n):
        for i in range(rows):
            for j in range(columns):
                cols[:, column] = x[k, :, i : i + hh, j : j + ww].ravel()
                column += 1
    out = w.reshape(f, -1) @ cols
    return out.reshape(f, n, rows, columns).transpose(1, 0, 2, 3)


def corr2d(np, x, k):
    h, w = k.shape
    y = np.zeros((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + h, j : j + w] * k).sum()
    return y


def corr2d_many(np, x, k):
    return np.stack([sum(corr2d(np, one, f) for one, f in zip(x, each, strict=True)) for each in k])


def transposed_conv(np, x, k):
    h, w = k.shape
    y = np.zeros((x.shape[0] + h - 1, x.shape[1] + w - 1))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i : i + h, j : j + w] += x[i, j] * k
    return y


def depthwise_conv(np, x, w):
    out = np.zeros((x.shape[0], x.shape[1] - 2, x.shape[2] - 2))
    for c in range(x.shape[0]):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                out[c][i][j] = np.sum(x[c, i : i + 3, j : j + 3] * w[c])
    return out


def max_pool(np, x):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h // 2, w // 2))
    for i in range(h // 2):
        for j in range(w // 2):
            window = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            out[:, :, i, j] = np.max(window, axis=(2, 3))
    return out


def max_pool_by_entries(np, x):
    n, c, h, w = x.shape
    out = np.empty((n, c, h // 2, w // 2))
    for k in range(n):
        for m in range(c):
            for i in range(h // 2):
                for j in range(w // 2):
                    out[k, m, i, j] = x[k, m, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return out


def average_pool(np, x):
    out = np.zeros((x.shape[0] - 1, x.shape[1] - 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.mean(x[i : i + 2, j : j + 2])
    return out


def pad_by_hand(np, x):
    out = np.zeros((x.shape[0] + 2, x.shape[1] + 2))
    out[1:-1, 1:-1] = x
    out[0, 1:-1] = x[0]
    out[-1, 1:-1] = x[-1]
    return out[:, 1:] - out[:, :-1]


def upsample(np, x):
    out = np.zeros((2 * x.shape[0], 2 * x.shape[1]))
    for i in range(2):
        for j in range(2):
            out[i::2, j::2] = x * (1.0 + i + 2 * j)
    return out


def two_layers_of_conv(np, x, w1, w2, b):
    h = np.maximum(conv_naive(np, x, w1, b, pad=0), 0)
    return conv_accumulated(np, h, w2)


def spatial_batchnorm(np, x, gamma, beta):
    _n, c, _h, _w = x.shape
    out = np.zeros_like(x)
    for k in range(c):
        mean, variance = np.mean(x[:, k]), np.var(x[:, k])
        out[:, k] = gamma[k] * (x[:, k] - mean) / np.sqrt(variance + 1e-5) + beta[k]
    return out


def group_norm(np, x, gamma):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h, w))
    for g in range(2):
        part = x[:, g * c // 2 : (g + 1) * c // 2]
        mean = part.mean(axis=(1, 2, 3), keepdims=True)
        std = np.sqrt(part.var(axis=(1, 2, 3), keepdims=True) + 1e-5)
        out[:, g * c // 2 : (g + 1) * c // 2] = (part - mean) / std
    return out * gamma.reshape(1, c, 1, 1)


def sobel(np, image):
    kx = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    gx, gy = corr2d(np, image, kx), corr2d(np, image, kx.T)
    return np.sqrt(gx**2 + gy**2 + 1e-3)


def bilinear(np, image, at):
    out = np.zeros(at.shape[0])
    for k in range(at.shape[0]):
        i, j = 0, 1
        u, v = at[k, 0] % 1.0, at[k, 1] % 1.0
        out[k] = (
            image[i, j] * (1 - u) * (1 - v)
            + image[i + 1, j] * u * (1 - v)
            + image[i, j + 1] * (1 - u) * v
            + image[i + 1, j + 1] * u * v
        )
    return out


# --- losses


def svm_naive(np, w, x):
    loss = 0.0
    for i in range(x.shape[0]):
        scores = x[i] @ w
        for j in range(w.shape[1]):
            if j == LABELS[i]:
                continue
            margin = scores[j] - scores[LABELS[i]] + 1
            if margin > 0:
                loss += margin
    return loss / x.shape[0] + 0.1 * np.sum(w * w)


def svm_vectorized(np, w, x):
    scores = x.dot(w)
    rows = np.arange(x.shape[0])
    correct = scores[rows, list(LABELS)]
    margins = np.maximum(0, scores - correct[:, np.newaxis] + 1.0)
    margins[rows, list(LABELS)] = 0
    return np.sum(margins) / x.shape[0] + 0.1 * np.sum(w * w)


def svm_squared(np, w, x):
    scores = x.dot(w)
    margins = np.maximum(0, scores.T - scores[np.arange(4), np.array(LABELS)] + 1.0)
    margins[np.array(LABELS), np.arange(4)] = 0.0
    margins **= 2
    return margins.sum() / 4


def softmax_naive(np, w, x):
    loss = 0.0
    for i in range(x.shape[0]):
        scores = x[i].dot(w)
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[LABELS[i]])
    loss /= x.shape[0]
    return loss + 0.5 * np.sum(w**2)


def softmax_vectorized(np, w, x):
    scores = x @ w
    scores -= np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(4), np.array(LABELS)]).mean()


def softmax_into_an_array(np, x):
    out = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = np.exp(x[i, j]) / np.sum(np.exp(x[i]))
    return out


def one_hot_cross_entropy(np, z):
    t = np.zeros((4, 3))
    t[np.arange(4), np.array(LABELS)] = 1
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(t * logp) / 4


def label_smoothing(np, z):
    t = np.full((4, 3), 0.1 / 3)
    t[np.arange(4), np.array(LABELS)] += 0.9
    logp = z - np.log(np.exp(z).sum(axis=1))[:, None]
    losses = np.zeros(4)
    for i in range(4):
        losses[i] = -np.dot(t[i], logp[i])
    return losses


def focal_loss(np, z):
    losses = np.empty(4)
    for i in range(4):
        p = 1 / (1 + np.exp(-z[i]))
        pt = p if LABELS[i] else 1 - p
        losses[i] = -((1 - pt) ** 2) * np.log(pt)
    return losses.mean()


def triplet_loss(np, a):
    n = a.shape[0]
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                distances[i, j] = np.sqrt(np.sum((a[i] - a[j]) ** 2))
    return np.maximum(0, distances[0, 1] - distances[0, 2] + 2.0) + distances[1:, 3].sum()


def contrastive_loss(np, a, b):
    sims = np.zeros((a.shape[0], b.shape[0]))
    for i, u in enumerate(a):
        for j, v in enumerate(b):
            sims[i, j] = u @ v / (np.linalg.norm(u) * np.linalg.norm(v))
    sims /= 0.5
    logp = sims - np.log(np.sum(np.exp(sims), axis=1, keepdims=True))
    return -np.mean(np.diag(logp))


def huber_loss(np, y):
    r = y - np.array([0.5, -1.0, 2.0, 0.0])
    losses = 0.5 * r**2
    large = np.abs(r) > 1.0
    losses[large] = np.abs(r[large]) - 0.5
    return losses.mean()


def dice_loss(np, p):
    t = np.zeros(p.shape)
    t[1:3, 1:] = 1.0
    q = 1 / (1 + np.exp(-p))
    return 1 - 2 * np.sum(q * t) / (np.sum(q) + np.sum(t))


def total_variation(np, image):
    loss = 0.0
    for i in range(image.shape[0] - 1):
        for j in range(image.shape[1] - 1):
            right, down = image[i, j + 1] - image[i, j], image[i + 1, j] - image[i, j]
            loss += right**2 + down**2
    return loss


def gram_matrix_loss(np, features):
    c = features.shape[0]
    gram = np.zeros((c, c))
    for i in range(c):
        for j in range(c):
            gram[i, j] = np.sum(features[i] * features[j])
    gram /= features.size
    return np.sum((gram - np.eye(c)) ** 2)


# --- networks


def two_layer_net(np, x, w1, b1, w2, b2):
    hidden = np.maximum(0, x @ w1 + b1)
    scores = hidden @ w2 + b2
    scores -= scores.max(axis=1, keepdims=True)
    logp = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    data = -logp[np.arange(4), np.array(LABELS)].mean()
    return data + 0.05 * (np.sum(w1 * w1) + np.sum(w2 * w2))


def dense_by_entries(np, x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for i in range(x.shape[0]):
        for j in range(w.shape[1]):
            total = b[j]
            for k in range(w.shape[0]):
                total = total + x[i, k] * w[k, j]
            out[i, j] = total
    return 1 / (1 + np.exp(-out))


def relu_by_mask(np, x):
    out = x.copy()
    out[out < 0] = 0
    return out


def leaky_relu(np, x):
    out = np.array(x)
    out[x < 0] *= 0.1
    return out


def dropout_by_mask(np, x):
    mask = np.arange(x.size).reshape(x.shape) % 3 > 0
    out = x * 2.0
    out[~mask] = 0.0
    return out / 0.6


def batchnorm(np, x, gamma, beta):
    mean = x.mean(axis=0)
    variance = np.mean((x - mean) ** 2, axis=0)
    out = np.zeros(x.shape)
    for j in range(x.shape[1]):
        out[:, j] = gamma[j] * (x[:, j] - mean[j]) / np.sqrt(variance[j] + 1e-5) + beta[j]
    return out


def layernorm(np, x, gamma, beta):
    out = np.empty_like(x)
    for i, row in enumerate(x):
        out[i] = (row - row.mean()) / np.sqrt(row.var() + 1e-5)
    out *= gamma
    out += beta
    return out


def residual(np, x, w):
    for _ in range(3):
        x = x + np.tanh(x @ w)
        x[0] = x[0] * 0.5
    return x


def mixture_of_experts(np, x, gates, experts):
    g = np.exp(x @ gates)
    g /= np.sum(g, axis=1, keepdims=True)
    out = np.zeros((x.shape[0], experts.shape[2]))
    for e in range(experts.shape[0]):
        out += g[:, e : e + 1] * (x @ experts[e])
    return out


# --- sequences


def rnn(np, x, h0, wx, wh, b):
    n, t, _d = x.shape
    h = np.zeros((n, t, h0.shape[1]))
    state = h0
    for i in range(t):
        state = np.tanh(x[:, i] @ wx + state @ wh + b)
        h[:, i, :] = state
    return h


def rnn_reading_itself(np, x, wx, wh):
    h = np.zeros((x.shape[0] + 1, wh.shape[0]))
    for t in range(x.shape[0]):
        h[t + 1] = np.tanh(x[t] @ wx + h[t] @ wh)
    return h[1:]


def rnn_by_columns(np, x, wx, wh):
    h = np.zeros((wh.shape[0], x.shape[1]))
    for t in range(x.shape[1]):
        h[:, t] = np.tanh(wx @ x[:, t] + (wh @ h[:, t - 1] if t else 0.0))
    return h


def rnn_over_characters(np, wxh, whh, why):
    xs, hs, loss = {}, {-1: np.zeros((3, 1))}, 0
    for t, (i, target) in enumerate(((0, 1), (1, 2), (2, 0), (0, 2))):
        xs[t] = np.zeros((3, 1))
        xs[t][i] = 1
        hs[t] = np.tanh(np.dot(wxh, xs[t]) + np.dot(whh, hs[t - 1]))
        y = np.dot(why, hs[t])
        p = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(p[target, 0])
    return loss


def lstm(np, x, wx, wh, b):
    n, t, _d = x.shape
    size = wh.shape[0]
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    h, c = np.zeros((n, size)), np.zeros((n, size))
    out = np.zeros((n, t, size))
    for k in range(t):
        a = x[:, k] @ wx + h @ wh + b
        i, f = sigmoid(a[:, :size]), sigmoid(a[:, size : 2 * size])
        o, g = sigmoid(a[:, 2 * size : 3 * size]), np.tanh(a[:, 3 * size :])
        c = f * c + i * g
        h = o * np.tanh(c)
        out[:, k] = h
    return out


def gru(np, x, w, u):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    h = np.zeros((x.shape[0] + 1, u.shape[2]))
    for t in range(x.shape[0]):
        z = sigmoid(x[t] @ w[0] + h[t] @ u[0])
        r = sigmoid(x[t] @ w[1] + h[t] @ u[1])
        candidate = np.tanh(x[t] @ w[2] + (r * h[t]) @ u[2])
        h[t + 1] = (1 - z) * h[t] + z * candidate
    return h[1:]


def bidirectional(np, x, w, u):
    t = x.shape[0]
    forward, backward = np.zeros((t, u.shape[0])), np.zeros((t, u.shape[0]))
    for i in range(t):
        forward[i] = np.tanh(x[i] @ w + forward[i - 1] @ u)
    for i in reversed(range(t)):
        backward[i] = np.tanh(x[i] @ w + (backward[i + 1] @ u if i + 1 < t else 0.0))
    return np.concatenate([forward, backward], axis=1)


def attention(np, q, k, v):
    scores = np.zeros((q.shape[0], k.shape[0]))
    for i in range(q.shape[0]):
        for j in range(k.shape[0]):
            scores[i, j] = q[i] @ k[j] / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ v


def causal_attention(np, q, k, v):
    scores = q @ k.T
    scores[np.triu_indices(q.shape[0], 1)] = -1e9
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return (weights / np.sum(weights, axis=-1, keepdims=True)) @ v


def heads(np, x, w):
    out = np.zeros((w.shape[0], *x.shape))
    for h in range(w.shape[0]):
        q = x @ w[h]
        a = np.exp(q @ q.T / 2.0)
        out[h] = (a / a.sum(axis=1, keepdims=True)) @ x
    return out.transpose(1, 0, 2).reshape(x.shape[0], -1)


def embedding(np, table):
    tokens = [2, 0, 2, 1, 3]
    out = np.zeros((len(tokens), table.shape[1]))
    for i, token in enumerate(tokens):
        out[i] = table[token]
    return out * np.arange(1.0, 6.0)[:, None]


def bag_of_words(np, table):
    out = np.zeros((2, table.shape[1]))
    np.add.at(out, [0, 0, 1, 1, 1], table[[2, 0, 2, 1, 3]])
    return np.tanh(out)


def temporal_loss(np, scores):
    n, t, v = scores.shape
    y = np.arange(n * t).reshape(n, t) % v
    mask = np.ones((n, t))
    mask[0, -1] = 0.0
    flat = scores.reshape(n * t, v)
    p = np.exp(flat - np.max(flat, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    return -np.sum(mask.reshape(-1) * np.log(p[np.arange(n * t), y.reshape(-1)])) / n


def hmm_forward(np, start, transition, emission):
    log_sum = lambda v: np.log(np.sum(np.exp(v), axis=0))  # noqa: E731
    alpha = np.zeros((4, 3))
    alpha[0] = start + emission[:, 0]
    for t in range(1, 4):
        for j in range(3):
            alpha[t, j] = log_sum(alpha[t - 1] + transition[:, j]) + emission[j, LABELS[t]]
    return log_sum(alpha[3])


def edit_distance(np, costs):
    d = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            if i and j:
                options = np.array([d[i - 1, j], d[i, j - 1], d[i - 1, j - 1]])
                d[i, j] = costs[i, j] - 0.3 * np.log(np.sum(np.exp(-options / 0.3)))
            else:
                d[i, j] = costs[i, j] + (d[i - 1, j] if i else d[i, j - 1] if j else 0.0)
    return d[3, 3]


def wavelet(np, x):
    out = np.zeros(8)
    half = 4
    current = x
    while half >= 1:
        out[half : 2 * half] = (current[0::2] - current[1::2]) / np.sqrt(2)
        current = (current[0::2] + current[1::2]) / np.sqrt(2)
        half //= 2
    out[0] = current[0]
    return out


# --- numerics


def euler(np, y0, k):
    y = np.zeros((6, 2))
    y[0] = y0
    for i in range(5):
        y[i + 1, 0] = y[i, 0] + 0.1 * y[i, 1]
        y[i + 1, 1] = y[i, 1] - 0.1 * k[0] * y[i, 0]
    return y


def runge_kutta(np, y0, k):
    f = lambda y: np.array([y[1], -k[0] * np.sin(y[0]) - k[1] * y[1]])  # noqa: E731
    y = np.empty((4, 2))
    y[0] = y0
    for i in range(3):
        a = f(y[i])
        b = f(y[i] + 0.05 * a)
        c = f(y[i] + 0.05 * b)
        d = f(y[i] + 0.1 * c)
        y[i + 1] = y[i] + 0.1 / 6 * (a + 2 * b + 2 * c + d)
    return y


def heat_equation(np, u0, k):
    u = np.zeros((5, u0.shape[0]))
    u[0] = u0
    for t in range(4):
        u[t + 1] = u[t]
        u[t + 1, 1:-1] += k[0] * (u[t, 2:] - 2 * u[t, 1:-1] + u[t, :-2])
    return u[-1]


def gauss(np, a, b):
    a, b = np.array(a + 4.0 * np.eye(3)), np.array(b)
    for k in range(3):
        for i in range(k + 1, 3):
            factor = a[i, k] / a[k, k]
            a[i, k:] -= factor * a[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(3)
    for i in (2, 1, 0):
        x[i] = (b[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def cholesky(np, a):
    a = a @ a.T + 3.0 * np.eye(3)
    low = np.zeros((3, 3))
    for i in range(3):
        for j in range(i + 1):
            rest = a[i, j] - np.sum(low[i, :j] * low[j, :j])
            low[i, j] = np.sqrt(rest) if i == j else rest / low[j, j]
    return low


def gram_schmidt(np, a):
    q = np.zeros_like(a)
    for j in range(a.shape[1]):
        v = a[:, j]
        for i in range(j):
            v = v - (q[:, i] @ a[:, j]) * q[:, i]
        q[:, j] = v / np.linalg.norm(v)
    return q


def kernel_matrix(np, x, length):
    n = x.shape[0]
    k = np.eye(n) * 0.1
    for i in range(n):
        for j in range(n):
            k[i, j] += np.exp(-np.sum((x[i] - x[j]) ** 2) / (2 * length[0] ** 2))
    return np.linalg.slogdet(k)[1] + np.sum(np.linalg.inv(k))


def pairwise_distances(np, x, y):
    d = np.zeros((x.shape[0], y.shape[0]))
    for i in range(x.shape[0]):
        d[i, :] = np.sqrt(np.sum(np.square(y - x[i]), axis=1))
    return d


def rotation(np, angles, points):
    c, s = np.cos(angles), np.sin(angles)
    rz = np.array([[c[0], -s[0], 0.0], [s[0], c[0], 0.0], [0.0, 0.0, 1.0]])
    ry = np.eye(3)
    ry[0, 0] = ry[2, 2] = c[1]
    ry[0, 2], ry[2, 0] = s[1], -s[1]
    return points @ (rz @ ry).T


def forward_kinematics(np, angles):
    joints = np.zeros((4, 2))
    total = 0.0
    for i in range(3):
        total += angles[i]
        joints[i + 1] = joints[i] + np.array([np.cos(total), np.sin(total)])
    return joints


def rosenbrock(np, x):
    terms = np.zeros(x.size - 1)
    for i in range(x.size - 1):
        terms[i] = 100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2
    return terms.sum()


def unrolled_momentum(np, w, lr):
    a = np.array([[2.0, 0.3], [0.3, 1.0]])
    history, v = np.zeros((5, 2)), np.zeros(2)
    for t in range(5):
        v = 0.5 * v - lr[0] * (a @ w)
        w = w + v
        history[t] = w
    return history


def black_scholes_tree(np, s, k):
    up, down, p = 1.1, 0.9, 0.55
    values = np.zeros(5)
    for j in range(5):
        values[j] = np.log(1 + np.exp((s[0] * up**j * down ** (4 - j) - k[0]) * 2.0)) / 2.0
    for i in range(4, 0, -1):
        for j in range(i):
            values[j] = p * values[j + 1] + (1 - p) * values[j]
    return values[0]


def em_responsibilities(np, x, means, logits):
    n, k = x.shape[0], means.shape[0]
    r = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            r[i, j] = logits[j] - 0.5 * (x[i] - means[j]) ** 2
        r[i] -= np.log(np.sum(np.exp(r[i])))
    return np.exp(r)


def page_rank(np, links):
    a = np.exp(links)
    a /= np.sum(a, axis=0)
    rank = np.full(3, 1 / 3)
    for _ in range(4):
        new = np.zeros(3)
        for i in range(3):
            new[i] = 0.05 + 0.85 * np.dot(a[i], rank)
        rank = new
    return rank


PROGRAMS = {
    conv_naive: ((2, 2, 3, 3), (2, 2, 3, 3), (2,)),
    conv_strided: ((1, 2, 5, 5), (2, 2, 3, 3), (2,)),
    conv_accumulated: ((1, 2, 4, 4), (2, 2, 3, 3)),
    conv_by_columns: ((2, 1, 4, 4), (2, 1, 3, 3)),
    corr2d: ((4, 4), (2, 3)),
    corr2d_many: ((2, 3, 3), (2, 2, 2, 2)),
    transposed_conv: ((2, 3), (2, 2)),
    depthwise_conv: ((2, 4, 4), (2, 3, 3)),
    max_pool: ((1, 2, 4, 4),),
    max_pool_by_entries: ((1, 2, 4, 4),),
    average_pool: ((3, 4),),
    pad_by_hand: ((3, 3),),
    upsample: ((2, 3),),
    two_layers_of_conv: ((1, 1, 5, 5), (2, 1, 3, 3), (1, 2, 2, 2), (2,)),
    spatial_batchnorm: ((2, 2, 2, 2), (2,), (2,)),
    group_norm: ((1, 4, 2, 2), (4,)),
    sobel: ((4, 5),),
    bilinear: ((3, 3), (2, 2)),
    svm_naive: ((3, 3), (4, 3)),
    svm_vectorized: ((3, 3), (4, 3)),
    svm_squared: ((3, 3), (4, 3)),
    softmax_naive: ((3, 3), (4, 3)),
    softmax_vectorized: ((3, 3), (4, 3)),
    softmax_into_an_array: ((2, 3),),
    one_hot_cross_entropy: ((4, 3),),
    label_smoothing: ((4, 3),),
    focal_loss: ((4,),),
    triplet_loss: ((4, 3),),
    contrastive_loss: ((3, 2), (3, 2)),
    huber_loss: ((4,),),
    dice_loss: ((4, 3),),
    total_variation: ((3, 4),),
    gram_matrix_loss: ((3, 4),),
    two_layer_net: ((4, 3), (3, 5), (5,), (5, 3), (3,)),
    dense_by_entries: ((2, 3), (3, 2), (2,)),
    relu_by_mask: ((3, 4),),
    leaky_relu: ((3, 4),),
    dropout_by_mask: ((3, 4),),
    batchnorm: ((4, 3), (3,), (3,)),
    layernorm: ((3, 4), (4,), (4,)),
    residual: ((2, 3), (3, 3)),
    mixture_of_experts: ((3, 2), (2, 2), (2, 2, 3)),
    rnn: ((2, 3, 2), (2, 3), (2, 3), (3, 3), (3,)),
    rnn_reading_itself: ((4, 2), (2, 3), (3, 3)),
    rnn_by_columns: ((2, 4), (3, 2), (3, 3)),
    rnn_over_characters: ((3, 3), (3, 3), (3, 3)),
    lstm: ((2, 3, 2), (2, 8), (2, 8), (8,)),
    gru: ((3, 2), (3, 2, 2), (3, 2, 2)),
    bidirectional: ((3, 2), (2, 2), (2, 2)),
    attention: ((3, 2), (4, 2), (4, 2)),
    causal_attention: ((3, 2), (3, 2), (3, 2)),
    heads: ((3, 2), (2, 2, 2)),
    embedding: ((4, 3),),
    bag_of_words: ((4, 3),),
    temporal_loss: ((2, 3, 3),),
    hmm_forward: ((3,), (3, 3), (3, 3)),
    edit_distance: ((4, 4),),
    wavelet: ((8,),),
    euler: ((2,), (1,)),
    runge_kutta: ((2,), (2,)),
    heat_equation: ((5,), (1,)),
    gauss: ((3, 3), (3,)),
    cholesky: ((3, 3),),
    gram_schmidt: ((4, 3),),
    kernel_matrix: ((3, 2), (1,)),
    pairwise_distances: ((3, 2), (4, 2)),
    rotation: ((2,), (4, 3)),
    forward_kinematics: ((3,),),
    rosenbrock: ((4,),),
    unrolled_momentum: ((2,), (1,)),
    black_scholes_tree: ((1,), (1,)),
    em_responsibilities: ((4,), (2,), (2,)),
    page_rank: ((3, 3),),
}
