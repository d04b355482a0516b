def swap(u, v, n):
    for _ in range(n):
        u, v = v, u
    return u, v
