import numpy as np


@np.errstate(all="ignore")
def blocks(x, m):
    tape = []
    tape.extend([0.0] * (2 * m))
    for i in range(m):
        a = x[i]
        tape[2 * i] = a
        tape[2 * i + 1] = np.exp(a)
    s = 0.0
    for k in range(len(tape)):
        v = tape[k]
        s = v + s * v
    return s
