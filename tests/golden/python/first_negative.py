def first_negative(x):
    returned = False
    at = -1
    total = 0.0
    for i in range(len(x)):
        v = x[i]
        if v < 0.0:
            returned = True
            at = i
        else:
            returned = False
            total += v
        if returned:
            break
    if not returned:
        total = -total
    return at, total
