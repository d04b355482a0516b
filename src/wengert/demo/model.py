"""Hares and lynxes: how badly the equations of Lotka and Volterra miss what was counted."""

import numpy as np


def advance(y, rates, h):
    """One Runge-Kutta step of length ``h``, in place: hares breed and are eaten, lynxes feed and starve."""
    birth, eaten, fed, death = rates
    hare, lynx = y
    hare_0, lynx_0 = hare, lynx
    for weight, reach in ((1 / 6, 1 / 2), (1 / 3, 1 / 2), (1 / 3, 1), (1 / 6, 0)):
        d_hare = (birth - eaten * lynx) * hare
        d_lynx = (fed * hare - death) * lynx
        y[0] += h * weight * d_hare
        y[1] += h * weight * d_lynx
        hare = hare_0 + h * reach * d_hare
        lynx = lynx_0 + h * reach * d_lynx


def misfit(theta, counts):
    """The negative log-likelihood of counts, a row a year, if their errors are log-normal.

    ``theta`` holds the logarithms of four rates, of both populations at the start, and of the error.
    """
    p = np.exp(theta)
    y, sigma = p[4:6].copy(), p[6]
    total = 0.0
    for year in range(len(counts)):
        for species in range(2):
            miss = np.log(counts[year, species] / y[species]) / sigma
            total += miss**2 / 2 + theta[6]
        for _ in range(20):
            advance(y, p[:4], 1 / 20)
    return total
