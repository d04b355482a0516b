"""Rotations and rigid motions of `pytransform3d`: small arrays, checked arguments, slices, products."""

import numpy as np
import pytest
import pytransform3d.batch_rotations as pb
import pytransform3d.rotations as pr
import pytransform3d.transformations as pt

from wengert.testing import check_grads

rng = np.random.default_rng(0)
Q = pr.random_quaternion(rng)
P = pr.random_quaternion(rng)
R = pr.matrix_from_quaternion(Q)
A = pr.random_axis_angle(rng)
V = rng.standard_normal(3)
W = rng.standard_normal(3)
T = pt.transform_from(R, V)
PQ = np.hstack((V, Q))

CASES = [
    (pr.norm_vector, (V,)),
    (pr.angle_between_vectors, (V, W)),
    (pr.perpendicular_to_vectors, (V, W)),
    (pr.vector_projection, (V, W)),
    (pr.matrix_from_axis_angle, (A,)),
    (pr.matrix_from_compact_axis_angle, (V,)),
    (pr.matrix_from_euler, (V, 0, 1, 2, True)),
    (pr.euler_from_matrix, (R, 0, 1, 2, True)),
    (pr.quaternion_from_axis_angle, (A,)),
    (pr.axis_angle_from_quaternion, (Q,)),
    (pr.concatenate_quaternions, (Q, P)),
    (pr.q_prod_vector, (Q, V)),
    (pr.quaternion_slerp, (Q, P, 0.3)),
    (pr.left_jacobian_SO3_inv, (V,)),
    (pr.quaternion_from_mrp, (0.3 * V,)),
    (pr.concatenate_rotors, (pr.rotor_from_two_directions(V, W), pr.rotor_from_two_directions(W, A[:3]))),
    (pt.invert_transform, (T,)),
    (pt.vector_to_point, (V,)),
    (pt.transform_from_pq, (PQ,)),
    (pt.adjoint_from_transform, (T,)),
    (pb.norm_vectors, (np.array([V, W]),)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_against_differences(f, args):
    check_grads(f, args, order=1)
