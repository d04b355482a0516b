"""Geodesy of `pymap3d`: functions of scalars or arrays, told apart by exceptions; ellipsoids."""

import numpy as np
import pymap3d as pm
import pymap3d.haversine
import pymap3d.latitude
import pymap3d.los
import pymap3d.lox
import pymap3d.rcurve
import pymap3d.spherical
import pymap3d.vincenty
import pytest

import wengert
from wengert.testing import check_grads

PLACE = (42.0, -82.0, 200.0)
OTHER = (42.002, -82.003, 139.7)
NEAR = (186.3, 286.8, 939.7)

CASES = [
    (pm.geodetic2ecef, PLACE),
    (pm.ecef2geodetic, (660.7e3, -4700.9e3, 4245.7e3)),
    (pm.geodetic2enu, (*OTHER, *PLACE)),
    (pm.enu2aer, NEAR),
    (pm.aer2enu, (33.0, 70.0, 1000.0)),
    (pm.geodetic2aer, (*OTHER, *PLACE)),
    (pm.aer2ecef, (33.0, 70.0, 1000.0, *PLACE)),
    (pm.enu2uvw, (*NEAR, 42.0, -82.0)),
    (pm.haversine.anglesep, (35.0, 23.0, 84.0, 20.0)),
    (pm.latitude.geodetic2geocentric, (45.0, 200.0)),
    (pm.latitude.geodetic2isometric, (45.0,)),
    (pm.latitude.conformal2geodetic, (45.0,)),
    (pm.latitude.geodetic2rectifying, (45.0,)),
    (pm.latitude.geodetic2authalic, (45.0,)),
    (pm.latitude.authalic2geodetic, (45.0,)),
    (pm.rcurve.transverse, (40.0,)),
    (pm.rcurve.meridian, (40.0,)),
    (pm.rcurve.geocentric_radius, (40.0,)),
    (pm.lox.meridian_arc, (10.0, 20.0)),
    (pm.lox.loxodrome_inverse, (40.0, -80.0, 65.0, -148.0)),
    (pm.lox.loxodrome_direct, (40.0, -80.0, 1e6, 30.0)),
    (pm.spherical.geodetic2spherical, PLACE),
    (pm.spherical.spherical2geodetic, (41.8, -82.0, 6368500.0)),
    (pm.vincenty.vreckon, (10.0, 20.0, 3e3, 38.0)),
    (pm.los.lookAtSpheroid, (*PLACE, 30.0, 20.0)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_against_differences(f, args):
    check_grads(f, args, order=1, rtol=1e-6)


def test_arrays():
    lat, lon = np.array([42.0, 10.0]), np.array([-82.0, 20.0])
    check_grads(pm.geodetic2ecef, (lat, lon, np.array([200.0, 10.0])), order=1, rtol=1e-6)


def test_warnings_that_raise_are_refused():
    with pytest.raises(wengert.WengertError, match="warnings that raise"):
        wengert.grad(pm.latitude.geodetic2conformal)(45.0)
