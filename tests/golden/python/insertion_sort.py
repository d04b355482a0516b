def insertion_sort(x):
    for i in range(1, len(x)):
        key = x[i]
        j = i
        while j > 0 and x[j - 1] > key:
            x[j] = x[j - 1]
            j -= 1
        x[j] = key
