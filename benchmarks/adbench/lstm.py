"""LSTM of ADBench: mean log-likelihood of predicting the next character.

The models are written twice, as loops over numbers and with whole arrays.  The data are the files
``lstm_l*_c*.txt`` of ADBench.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def loops(main, extra, state, sequence):
    """The objective; ``main``: (2 l, 4 b), ``extra``: (3, b), ``state``: (2 l, b), ``sequence``: (c, b)."""
    layers, width = main.shape[0] // 2, extra.shape[1]
    s = state.copy()
    x = np.zeros(width)
    y = np.zeros(width)
    total = 0.0
    for t in range(len(sequence) - 1):
        for j in range(width):
            x[j] = sequence[t, j] * extra[0, j]
        for k in range(layers):
            weight, bias = main[2 * k], main[2 * k + 1]
            hidden, cell = s[2 * k], s[2 * k + 1]
            for j in range(width):
                forget = 1.0 / (1.0 + math.exp(-(x[j] * weight[j] + bias[j])))
                ingate = 1.0 / (1.0 + math.exp(-(hidden[j] * weight[width + j] + bias[width + j])))
                outgate = 1.0 / (1.0 + math.exp(-(x[j] * weight[2 * width + j] + bias[2 * width + j])))
                change = math.tanh(hidden[j] * weight[3 * width + j] + bias[3 * width + j])
                cell[j] = cell[j] * forget + ingate * change
                hidden[j] = outgate * math.tanh(cell[j])
                x[j] = hidden[j]
        mass = 0.0
        for j in range(width):
            y[j] = x[j] * extra[1, j] + extra[2, j]
            mass += math.exp(y[j])
        norm = math.log(mass + 2)
        for j in range(width):
            total += sequence[t + 1, j] * (y[j] - norm)
    return -total / ((len(sequence) - 1) * width)


def sigmoid(x):
    """1 / (1 + exp(-x))"""
    return 1 / (1 + np.exp(-x))


def cell_step(weight, bias, hidden, cell, x):
    """One layer at one time; the new ``(hidden, cell)``."""
    b = len(hidden)
    forget = sigmoid(x * weight[:b] + bias[:b])
    ingate = sigmoid(hidden * weight[b : 2 * b] + bias[b : 2 * b])
    outgate = sigmoid(x * weight[2 * b : 3 * b] + bias[2 * b : 3 * b])
    change = np.tanh(hidden * weight[3 * b :] + bias[3 * b :])
    cell = cell * forget + ingate * change
    return outgate * np.tanh(cell), cell


def predict(main, extra, state, x):
    """The logits of the next character; overwrites ``state``."""
    x = x * extra[0]
    for k in range(0, len(state), 2):
        state[k], state[k + 1] = cell_step(main[k], main[k + 1], state[k], state[k + 1], x)
        x = state[k]
    return x * extra[1] + extra[2]


def arrays(main, extra, state, sequence):
    """The objective with whole arrays."""
    state = state.copy()
    total = 0.0
    for t in range(len(sequence) - 1):
        y = predict(main, extra, state, sequence[t])
        y = y - np.log(2 + np.sum(np.exp(y)))
        total += np.sum(sequence[t + 1] * y)
    return -total / (sequence.size - sequence.shape[1])


def read(path: str) -> tuple[Any, ...]:
    """The arguments from a file."""
    words = iter(open(path).read().split())
    layers, count, width = (int(next(words)) for _ in range(3))

    def take(*shape: int) -> Any:
        return np.array([float(next(words)) for _ in range(math.prod(shape))]).reshape(shape)

    return take(2 * layers, 4 * width), take(3, width), take(2 * layers, width), take(count, width)
