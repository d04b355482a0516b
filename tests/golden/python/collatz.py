def collatz(n):
    c = 0
    while True:
        odd = n % 2 == 1
        if not (n > 1 and (odd or not odd)):
            break
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        c += 1
    return c
