"""Hand tracking of ADBench: distances of measured points to a skinned hand model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass
class Model:
    """The skinned mesh: ``parents`` of the bones, base transforms (bones, 4, 4), homogeneous vertices (v, 4),
    skinning ``weights`` (bones, v), triangles (t, 3).
    """

    parents: tuple[int, ...]
    relatives: Any
    inverse_absolutes: Any
    positions: Any
    weights: Any
    triangles: Any


def angle_axis(v):
    """The rotation matrix of a rotation vector."""
    n = np.sqrt(np.sum(v**2))
    if n < 0.0001:
        return np.eye(3)
    x, y, z = v[0] / n, v[1] / n, v[2] / n
    s, c = np.sin(n), np.cos(n)
    return np.array(
        [
            [x * x + (1 - x * x) * c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [x * y * (1 - c) + z * s, y * y + (1 - y * y) * c, y * z * (1 - c) - x * s],
            [x * z * (1 - c) - y * s, z * y * (1 - c) + x * s, z * z + (1 - z * z) * c],
        ]
    )


def euler(xyz):
    """The rotation matrix of three angles."""
    cx, cy, cz = np.cos(xyz[0]), np.cos(xyz[1]), np.cos(xyz[2])
    sx, sy, sz = np.sin(xyz[0]), np.sin(xyz[1]), np.sin(xyz[2])
    rx = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    ry = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rz = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return rz @ ry @ rx


def to_pose(theta, bones):
    """Rows: global rotation, scale, global translation, then the angles of each bone."""
    pose = np.zeros((bones + 3, 3))
    pose[0] = theta[:3]
    pose[1] = 1.0
    pose[2] = theta[3:6]
    i, row = 6, 5
    for _finger in range(5):
        for joint in range(2, 5):
            pose[row, 0] = theta[i]
            i += 1
            if joint == 2:
                pose[row, 1] = theta[i]
                i += 1
            row += 1
        row += 1
    return pose


def skinned(pose, model):
    """The positions (v, 3) of the vertices of the posed hand."""
    bones = len(model.parents)
    absolutes = np.zeros((bones, 4, 4))
    for b in range(bones):
        turn = np.eye(4)
        turn[:3, :3] = euler(pose[b + 3])
        relative = model.relatives[b] @ turn
        if model.parents[b] == -1:
            absolutes[b] = relative
        else:
            absolutes[b] = absolutes[model.parents[b]] @ relative
    positions = np.zeros((model.positions.shape[0], 3))
    for b in range(bones):
        transform = absolutes[b] @ model.inverse_absolutes[b]
        positions += (model.positions @ transform.T)[:, :3] * model.weights[b][:, None]
    return (positions @ (angle_axis(pose[0]) * pose[1][None, :]).T) + pose[2]


def simple(theta, model, correspondences, points):
    """The differences (3 n) of measured points and their vertices."""
    vertices = skinned(to_pose(theta, len(model.parents)), model)
    return (points - vertices[correspondences]).ravel()


def complicated(us, theta, model, correspondences, points):
    """With two surface parameters for each point: it lies on a triangle, at barycentric ``us`` (n, 2)."""
    vertices = skinned(to_pose(theta, len(model.parents)), model)
    errors = np.zeros((len(points), 3))
    for k in range(len(points)):
        a, b, c = model.triangles[correspondences[k]]
        u, v = us[k]
        errors[k] = points[k] - (u * vertices[a] + v * vertices[b] + (1.0 - u - v) * vertices[c])
    return errors.ravel()


def read_model(folder: Path) -> Model:
    """The mesh from the files of a model folder."""
    parents, relatives, inverses = [], [], []
    for line in (folder / "bones.txt").read_text().split():
        words = line.split(":")
        parents.append(int(words[1]))
        relatives.append(np.array(words[2:18], float).reshape(4, 4).T)
        inverses.append(np.array(words[18:34], float).reshape(4, 4).T)
    positions, weights = [], []
    for line in (folder / "vertices.txt").read_text().split():
        words = line.split(":")
        positions.append([*map(float, words[:3]), 1.0])
        row = np.zeros(len(parents))
        for k in range(int(words[8])):
            row[int(words[9 + 2 * k])] = float(words[10 + 2 * k])
        weights.append(row)
    triangles = [[int(w) for w in line.split(":")] for line in (folder / "triangles.txt").read_text().split()]
    return Model(
        tuple(parents),
        np.array(relatives),
        np.array(inverses),
        np.array(positions),
        np.ascontiguousarray(np.array(weights).T),
        np.array(triangles),
    )


def read(path: Path, model: Model, complicated: bool = False) -> tuple[Any, ...]:
    """The arguments of `simple` or `complicated`."""
    lines = path.read_text().splitlines()
    n, size = map(int, lines[0].split())
    table = np.array([line.split() for line in lines[1 : n + 1]], float)
    rest = np.array(" ".join(lines[n + 1 :]).split(), float)
    correspondences, points = table[:, 0].astype(int), np.ascontiguousarray(table[:, 1:])
    if not complicated:
        return rest[:size], model, correspondences, points
    return rest[: 2 * n].reshape(n, 2), rest[2 * n :][:size], model, correspondences, points
