"""Bundle adjustment of ADBench: reprojection errors and their sparse Jacobian.

A camera is 11 numbers: rotation vector (3), centre (3), focal length, principal point (2), radial distortion
(2).  Each observation of a point by a camera has two errors and a weight error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import wengert


def rotated(r, x, y, z):
    """The vector turned by the rotation vector ``r`` (Rodrigues)."""
    square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    if square != 0.0:
        theta = math.sqrt(square)
        c, s = math.cos(theta), math.sin(theta)
        a, b, d = r[0] / theta, r[1] / theta, r[2] / theta
        dot = (a * x + b * y + d * z) * (1.0 - c)
        return (
            x * c + (b * z - d * y) * s + a * dot,
            y * c + (d * x - a * z) * s + b * dot,
            z * c + (a * y - b * x) * s + d * dot,
        )
    return (x + r[1] * z - r[2] * y, y + r[2] * x - r[0] * z, z + r[0] * y - r[1] * x)


def project(camera, point):
    """Where the camera sees the point."""
    x, y, z = rotated(camera[:3], point[0] - camera[3], point[1] - camera[4], point[2] - camera[5])
    u, v = x / z, y / z
    square = u * u + v * v
    stretch = 1.0 + camera[9] * square + camera[10] * square * square
    return camera[6] * u * stretch + camera[7], camera[6] * v * stretch + camera[8]


def reprojection(camera, point, weight, feature):
    """The two errors of one observation."""
    u, v = project(camera, point)
    return np.array([weight * (u - feature[0]), weight * (v - feature[1])])


def residuals(cameras, points, weights, features, observations):
    """All errors: two for each observation, and one for each weight."""
    errors = np.zeros((len(observations), 2))
    weight_errors = np.zeros(len(weights))
    for k in range(len(observations)):
        errors[k] = reprojection(
            cameras[observations[k, 0]], points[observations[k, 1]], weights[k], features[k]
        )
        weight_errors[k] = 1.0 - weights[k] * weights[k]
    return errors, weight_errors


def error(camera, point, weight, feature, e):
    """Error ``e`` of one observation."""
    u, v = project(camera, point)
    return weight * ((u if e == 0 else v) - feature[e])


def blocks(cameras, points, weights, features, observations):
    """The sparse Jacobian: for each observation a row by its camera, point and weight for each error, and the
    derivative of the weight error.
    """
    gradient = wengert.grad(error, wrt=(0, 1, 2))
    jacobian = np.empty((len(observations), 2, 15))
    weight_jacobian = np.empty(len(observations))
    for k in range(len(observations)):
        i, j = observations[k, 0], observations[k, 1]
        camera = tuple(cameras[i, c] for c in range(11))
        point = tuple(points[j, c] for c in range(3))
        feature = features[k, 0], features[k, 1]
        for e in (0, 1):
            camera_bar, point_bar, weight_bar = gradient(camera, point, weights[k], feature, e)
            for c in range(11):
                jacobian[k, e, c] = camera_bar[c]
            for c in range(3):
                jacobian[k, e, 11 + c] = point_bar[c]
            jacobian[k, e, 14] = weight_bar
        weight_jacobian[k] = -2.0 * weights[k]
    return jacobian, weight_jacobian


def read(path: str) -> tuple[Any, ...]:
    """The arguments of `residuals`: the file holds one camera, point, weight and feature, which repeat."""
    words = iter(open(path).read().split())
    n, m, p = (int(next(words)) for _ in range(3))
    camera, point = (np.array([float(next(words)) for _ in range(k)]) for k in (11, 3))
    weight = float(next(words))
    feature = np.array([float(next(words)) for _ in range(2)])
    k = np.arange(p)
    observations = np.stack([k % n, k % m], axis=1)
    return (
        np.tile(camera, (n, 1)),
        np.tile(point, (m, 1)),
        np.full(p, weight),
        np.tile(feature, (p, 1)),
        observations,
    )
