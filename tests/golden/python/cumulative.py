def cumulative(x, c):
    for i in range(1, len(x)):
        x[i] += c * x[i - 1]
