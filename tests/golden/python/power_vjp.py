def power_vjp(x, n, y_bar):
    tape = []
    y = 1.0
    for _ in range(n):
        tape.append(y)
        y *= x
    x_bar = 0.0
    for i in reversed(range(n)):
        x_bar += y_bar * tape[i]
        y_bar *= x
    return y, x_bar
