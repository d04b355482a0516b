"""Engineering formulas of `fluids`: scalars, branches on regimes, methods chosen by strings, ``None`` for
what is left out, tables, and solvers written in Python.
"""

import fluids
import fluids.numerics
import pytest

from wengert.testing import check_grads

CASES = [
    (fluids.core.Reynolds, (2.5, 0.25, 1.1613, 1.9e-5)),
    (fluids.core.Prandtl, (1637.0, 0.010, 4.61e-6)),
    (fluids.friction.friction_factor, (1e5, 1e-4)),
    (fluids.friction.friction_factor, (1800.0, 1e-4)),
    (fluids.friction.Colebrook, (1e5, 1e-4)),
    (fluids.friction.Clamond, (1e5, 1e-4)),
    (fluids.friction.Churchill_1977, (1e5, 1e-4)),
    (fluids.friction.Blasius, (1e5,)),
    (fluids.friction.helical_laminar_fd_White, (250.0, 0.02, 0.1)),
    (fluids.drag.drag_sphere, (200.0,)),
    (fluids.drag.Barati_high, (200.0,)),
    (fluids.drag.Haider_Levenspiel, (200.0,)),
    (fluids.drag.v_terminal, (70e-6, 2600.0, 1000.0, 1e-3)),
    (fluids.fittings.bend_rounded, (4.020, 90.0, 0.0163, 4.0 * 5)),
    (fluids.fittings.contraction_conical, (0.15, 0.08, 0.0185, 0.04)),
    (fluids.fittings.diffuser_conical, (1.0 / 3, 1.0, None, 50.0, 1e6)),
    (fluids.fittings.K_gate_valve_Crane, (0.1, 0.146, 13.115)),
    (fluids.flow_meter.C_Reader_Harris_Gallagher, (0.07391, 0.0222, 1.1645909, 1.861e-5, 0.1, "flange")),
    (fluids.flow_meter.orifice_expansibility, (0.0739, 0.0222, 1e5, 9.9e4, 1.4)),
    (fluids.compressible.isothermal_gas, (11.3, 0.00185, 1e6, 9e5, 1000.0, 0.5)),
    (fluids.compressible.isentropic_work_compression, (300.0, 1.4, 1.0, 1e5, 5e5, None, 0.78)),
    (fluids.compressible.Panhandle_A, (0.693, 277.15, 0.34, 90e5, 20e5, 160e3)),
    (fluids.packed_bed.Ergun, (8e-4, 0.4, 1e-3, 1e3, 1e-3)),
    (fluids.two_phase.Friedel, (0.6, 0.1, 915.0, 2.67, 180e-6, 14e-6, 0.0487, 0.05, 0.0, 1.0)),
    (fluids.two_phase_voidage.Zivi, (0.4, 800.0, 2.5)),
    (fluids.open_flow.V_Manning, (0.2859, 0.005236, 0.03)),
    (fluids.separator.v_Sounders_Brown, (0.08, 985.4, 1.3)),
]


@pytest.mark.parametrize(("f", "args"), CASES, ids=[f"{f.__name__}-{k}" for k, (f, _) in enumerate(CASES)])
def test_against_differences(f, args):
    check_grads(f, args, order=1)
