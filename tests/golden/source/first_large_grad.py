import numpy as np


@np.errstate(all="ignore")
def first_large_vjp(a, limit):
    """The gradient of first_large: f64[n,n]."""
    trips_tape = []
    base_tape = []
    flag_tape = []
    n = a.shape[0]
    m = a.shape[1]
    a_bar = np.zeros_like(a)
    total = 0.0
    ret = False
    trips = 0
    for i in range(n):
        trips += 1
        base_tape.append(len(flag_tape))
        ret = False
        trips_2 = 0
        for j in range(m):
            trips_2 += 1
            a_ij = a[i, j]
            if a_ij < 0.0:
                flag = False
                ret = False
                flag_2 = False
            else:
                flag = a_ij > limit
                if flag:
                    ret = False
                    flag_2 = False
                else:
                    total += a_ij**2
                    flag_2 = total > 100.0
                    ret = flag_2
            flag_tape.append(flag_2)
            if ret or flag:
                break
        trips_tape.append(trips_2)
        if ret:
            break
    if ret:
        rv_bar = 1.0
        total_bar = 0.0
    else:
        rv_bar = 0.0
        total_bar = 2.0
    for i in reversed(range(trips)):
        base = base_tape[i]
        for j in reversed(range(trips_tape[i])):
            flag = flag_tape[base + j]
            a_ij = a[i, j]
            if not (a_ij < 0.0 or a_ij > limit):
                if flag:
                    total_bar += rv_bar
                a_bar[i, j] += total_bar * (2.0 * a_ij)
            rv_bar = 0.0
        rv_bar = 0.0
    return a_bar
