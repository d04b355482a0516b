"""The models of ADBench as a good user of JAX writes them; each gives the jitted derivative of `run`'s."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hand import Model

jax.config.update("jax_enable_x64", True)


def lstm(main: Any, extra: Any, state: Any, sequence: Any) -> Any:
    """The value and the gradient by ``main`` and ``extra``."""
    width = extra.shape[1]

    def objective(main: Any, extra: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            out = x * extra[0]
            new: list[Any] = []
            for k in range(0, len(state), 2):
                w, b = main[k].reshape(4, width), main[k + 1].reshape(4, width)
                forget, enter, leave = (
                    jax.nn.sigmoid(v * w[j] + b[j]) for j, v in ((0, out), (1, state[k]), (2, out))
                )
                cell = state[k + 1] * forget + enter * jnp.tanh(state[k] * w[3] + b[3])
                out = leave * jnp.tanh(cell)
                new += [out, cell]
            return jnp.stack(new), out * extra[1] + extra[2]

        _, y = jax.lax.scan(step, state, sequence[:-1])
        y = y - jnp.log(2 + jnp.sum(jnp.exp(y), 1))[:, None]
        return -jnp.sum(sequence[1:] * y) / ((len(sequence) - 1) * width)

    compiled = jax.jit(jax.value_and_grad(objective, (0, 1)))
    return lambda: jax.block_until_ready(compiled(main, extra))


def ba(cameras: Any, points: Any, weights: Any, features: Any, observations: Any) -> Any:
    """The block of each observation: a small dense Jacobian, batched."""

    def reprojection(camera: Any, point: Any, weight: Any, feature: Any) -> Any:
        r, d = camera[:3], point - camera[3:6]
        square = r @ r
        theta = jnp.sqrt(square)
        axis = r / theta
        c, s = jnp.cos(theta), jnp.sin(theta)
        turned = d * c + jnp.cross(axis, d) * s + axis * (axis @ d) * (1.0 - c)
        x = jnp.where(square == 0.0, d + jnp.cross(r, d), turned)
        u = x[:2] / x[2]
        square = u @ u
        stretch = 1.0 + camera[9] * square + camera[10] * square * square
        return weight * (camera[6] * u * stretch + camera[7:9] - feature)

    blocks = jax.vmap(jax.jacrev(reprojection, (0, 1, 2)))
    compiled = jax.jit(lambda c, p, w, f, i, j: blocks(c[i], p[j], w, f))
    args = cameras, points, weights, features, observations[:, 0], observations[:, 1]
    placed = [jnp.asarray(a) for a in args]
    return lambda: jax.block_until_ready(compiled(*placed))


def _angle_axis(v: Any) -> Any:
    n = jnp.sqrt(jnp.sum(v**2))
    x, y, z = v / n
    s, c = jnp.sin(n), jnp.cos(n)
    return jnp.array(
        [
            [x * x + (1 - x * x) * c, x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [x * y * (1 - c) + z * s, y * y + (1 - y * y) * c, y * z * (1 - c) - x * s],
            [x * z * (1 - c) - y * s, z * y * (1 - c) + x * s, z * z + (1 - z * z) * c],
        ]
    )


def _euler(xyz: Any) -> Any:
    """The rotation matrices (bones, 3, 3) of all bones."""
    (cx, cy, cz), (sx, sy, sz) = jnp.cos(xyz).T, jnp.sin(xyz).T
    one, nil = jnp.ones_like(cx), jnp.zeros_like(cx)
    rx = jnp.array([[one, nil, nil], [nil, cx, -sx], [nil, sx, cx]])
    ry = jnp.array([[cy, nil, sy], [nil, one, nil], [-sy, nil, cy]])
    rz = jnp.array([[cz, -sz, nil], [sz, cz, nil], [nil, nil, one]])
    return jnp.einsum("ijb,jkb,klb->bil", rz, ry, rx)


def _skinned(theta: Any, model: Model) -> Any:
    bones = len(model.parents)
    rows, places = [], []
    i, row = 6, 5
    for _finger in range(5):
        for joint in range(2, 5):
            for axis in range(2 if joint == 2 else 1):
                places.append(i)
                rows.append((row - 3, axis))
                i += 1
            row += 1
        row += 1
    at = np.array(rows)
    angles = jnp.zeros((bones, 3)).at[at[:, 0], at[:, 1]].set(theta[np.array(places)])
    turns = jnp.zeros((bones, 4, 4)).at[:, 3, 3].set(1.0).at[:, :3, :3].set(_euler(angles))
    relatives = model.relatives @ turns
    absolutes: list[Any] = []
    for b, parent in enumerate(model.parents):
        absolutes.append(relatives[b] if parent == -1 else absolutes[parent] @ relatives[b])
    transforms = jnp.stack(absolutes) @ model.inverse_absolutes
    positions = jnp.einsum("bij,vj,bv->vi", transforms[:, :3], model.positions, model.weights)
    return positions @ _angle_axis(theta[:3]).T + theta[3:6]


def simple(theta: Any, model: Model, correspondences: Any, points: Any) -> Any:
    """The dense Jacobian by ``theta``."""
    compiled = jax.jit(jax.jacfwd(lambda t: (points - _skinned(t, model)[correspondences]).ravel()))
    return lambda: jax.block_until_ready(compiled(theta))


def complicated(us: Any, theta: Any, model: Model, correspondences: Any, points: Any) -> Any:
    """The dense block by ``theta``, and for each point the block by its two parameters."""
    corners = model.triangles[correspondences]

    def errors(theta: Any, us: Any) -> Any:
        a, b, c = (_skinned(theta, model)[corners[:, k]] for k in range(3))
        u, v = us[:, :1], us[:, 1:]
        return points - (u * a + v * b + (1.0 - u - v) * c)

    def both(theta: Any, us: Any) -> Any:
        def along(k: int) -> Any:
            return jax.jvp(lambda w: errors(theta, w), (us,), (jnp.zeros_like(us).at[:, k].set(1.0),))[1]

        return jax.jacfwd(errors)(theta, us), along(0), along(1)

    compiled = jax.jit(both)
    return lambda: jax.block_until_ready(compiled(theta, us))
