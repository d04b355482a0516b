"""The demo: its model against SciPy's integrator, its fit against published values, its manners."""

from __future__ import annotations

import sys
import types
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import wengert
from wengert.demo import calibrate, command
from wengert.demo.model import misfit

PUBLISHED = np.array([0.55, 0.028, 0.024, 0.80, 33.9, 5.9, 0.25])
"""Posterior means of the same model (B. Carpenter, "Predator-prey population dynamics", Stan case studies,
2018), in the order of `PARAMETERS`."""


def by_scipy(theta: np.ndarray, counts: np.ndarray) -> float:
    """The misfit, with an adaptive integrator of high order and whole arrays."""
    birth, eaten, fed, death, hare, lynx, sigma = np.exp(theta)
    found = solve_ivp(
        lambda _, y: [(birth - eaten * y[1]) * y[0], (fed * y[0] - death) * y[1]],
        (0, len(counts) - 1),
        [hare, lynx],
        method="DOP853",
        t_eval=np.arange(len(counts)),
        rtol=1e-11,
        atol=1e-11,
    )
    misses = np.log(counts / found.y.T) / sigma
    return float(np.sum(misses**2 / 2 + np.log(sigma)))


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    return calibrate.read_counts()[1]


@pytest.fixture(scope="module")
def fit(counts: np.ndarray) -> calibrate.Fit:
    return calibrate.calibrate(counts, calibrate.starting_points(4, seed=0))


def test_the_model_is_the_equations(counts) -> None:
    theta = np.log(PUBLISHED)
    assert misfit(theta, counts) == pytest.approx(by_scipy(theta, counts), rel=1e-5)
    assert wengert.jit(misfit)(theta, counts) == pytest.approx(misfit(theta, counts), rel=1e-12)


def test_the_gradient_is_that_of_the_equations(counts) -> None:
    theta, step = np.log(PUBLISHED), 1e-5
    slopes = [
        (by_scipy(theta + step * unit, counts) - by_scipy(theta - step * unit, counts)) / (2 * step)
        for unit in np.eye(7)
    ]
    np.testing.assert_allclose(wengert.grad(misfit)(theta, counts), slopes, rtol=1e-4, atol=1e-4)


def test_the_fit_is_the_published_one(fit, counts) -> None:
    errors = calibrate.standard_errors(fit.theta, counts)
    assert np.all(abs(np.exp(fit.theta) - PUBLISHED) < 2 * errors)
    assert np.all(abs(wengert.grad(misfit)(fit.theta, counts)) < 1e-2)
    assert fit.agreed >= 1
    assert fit.starts == 4


def test_standard_errors_of_the_error(fit, counts) -> None:
    """In closed form: sigma / sqrt(2 n) where it were alone; correlation with the rest only widens it."""
    errors = calibrate.standard_errors(fit.theta, counts)
    alone = np.exp(fit.theta[6]) / np.sqrt(2 * counts.size)
    assert alone * 0.999 < errors[6] < 1.2 * alone


def test_flat_directions_have_no_standard_error(counts, monkeypatch) -> None:
    theta = np.log(PUBLISHED)
    monkeypatch.setattr(wengert, "hessian", lambda f: lambda *args: np.zeros((7, 7)))
    assert np.all(np.isnan(calibrate.standard_errors(theta, counts)))


def test_starting_points_are_the_same_every_time() -> None:
    np.testing.assert_array_equal(calibrate.starting_points(3, 1), calibrate.starting_points(3, 1))
    assert not np.array_equal(calibrate.starting_points(3, 1), calibrate.starting_points(3, 2))


def test_a_small_run(tmp_path: Path, capsys) -> None:
    picture = tmp_path / "fit.png"
    assert command.main(["--starts", "2", "--out", str(picture)]) == 0
    out, err = capsys.readouterr()
    for words in ("births per hare and year", "standard error", "gradient check", "forward differences"):
        assert words in out
    assert str(picture) in out
    assert err == ""  # no bar: this is no terminal
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_runs_without_extras(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("matplotlib", "matplotlib.figure", "tqdm"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert command.main(["--starts", "1"]) == 0
    assert 'pip install "wengert[plot]"' in capsys.readouterr().err
    assert command.main(["--starts", "1", "--out", "fit.png"]) == 1  # a plot was asked for
    assert not list(tmp_path.iterdir())


def test_a_bar_on_a_terminal(monkeypatch) -> None:
    bars: list[dict[str, object]] = []
    tqdm = types.ModuleType("tqdm")
    tqdm.tqdm = lambda points, **look: bars.append(look) or points  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", tqdm)
    points = calibrate.starting_points(2, 0)
    assert command._with_progress(points) is points
    assert not bars
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert command._with_progress(points) is points
    assert bars[0]["desc"] == "calibrating"


@pytest.mark.parametrize("name", ["nowhere/fit.png", "fit.unknown"])
def test_a_plot_that_cannot_be_written(tmp_path: Path, capsys, name: str) -> None:
    assert command.main(["--starts", "1", "--out", str(tmp_path / name)]) == 1
    assert "no plot: " in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["--starts", "0"], ["--starts", "many"], ["--unknown"]])
def test_misuse(argv: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(argv)
    assert stopped.value.code == 2
    assert "usage: wengert demo" in capsys.readouterr().err


def test_a_wrong_gradient_fails_the_run(tmp_path: Path, capsys, monkeypatch) -> None:
    def wrong(*_args, **_keywords):
        raise command.CheckError("reverse mode disagrees")

    monkeypatch.setattr(command, "check_grads", wrong)
    assert command.main(["--starts", "1", "--out", str(tmp_path / "fit.png")]) == 1
    assert "reverse mode disagrees" in capsys.readouterr().err


def test_no_finite_misfit_fails_the_run(capsys, monkeypatch) -> None:
    monkeypatch.setattr(command, "starting_points", lambda count, seed: np.full((count, 7), np.nan))
    assert command.main([]) == 1
    assert "the calibration failed" in capsys.readouterr().err


def test_the_data_come_with_their_source() -> None:
    note = resources.files("wengert.demo").joinpath("data/README.md").read_text()
    assert "Hudson's Bay Company" in note
    assert "free of copyright" in note
