/* Kernels of kernels.py and gmm.py, and their adjoints as one writes them by hand: `NAME` and `NAME_grad`.
 *
 * Loops in the order of the Python originals; what is kept is what a person would keep (the state of a step
 * of an ODE, never more), and linear sweeps keep nothing.  A gradient returns the value and fills the arrays
 * whose names end in b; it works on copies of what the kernel overwrites, as Wengert's does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(long n) { return malloc((n ? n : 1) * sizeof(double)); }
static double *zeros(long n) { return calloc(n ? n : 1, sizeof(double)); }
static void clear(double *restrict x, long n) { memset(x, 0, n * sizeof(double)); }
static double *copy(const double *restrict x, long n) { return memcpy(numbers(n), x, n * sizeof(double)); }

/* a sum as good as NumPy's need not be: four at a time, so that it is not slower */
static double square_sum(const double *restrict x, long n) {
    double s[8] = {0};
    long i = 0;
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++) s[k] += x[i + k] * x[i + k];
    double total = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    for (; i < n; i++) total += x[i] * x[i];
    return total;
}

/* Lorenz, Runge-Kutta */

#define FLOW(ax, ay, az, x, y, z) ax = sigma * (y - x), ay = x * (rho - z) - y, az = x * y - beta * z
#define STAGES                                                                                    \
    FLOW(ax, ay, az, x, y, z);                                                                    \
    x1 = x + 0.5 * h * ax, y1 = y + 0.5 * h * ay, z1 = z + 0.5 * h * az;                          \
    FLOW(bx, by, bz, x1, y1, z1);                                                                 \
    x2 = x + 0.5 * h * bx, y2 = y + 0.5 * h * by, z2 = z + 0.5 * h * bz;                          \
    FLOW(cx, cy, cz, x2, y2, z2);                                                                 \
    x3 = x + h * cx, y3 = y + h * cy, z3 = z + h * cz;

double lorenz(double sigma, double rho, double beta, double x, double y, double z, long n) {
    const double h = 0.001;
    double ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz, x1, y1, z1, x2, y2, z2, x3, y3, z3;
    for (long k = 0; k < n; k++) {
        STAGES
        FLOW(dx, dy, dz, x3, y3, z3);
        x += h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx);
        y += h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy);
        z += h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz);
    }
    return x + y + z;
}

/* FLOW backwards: adds to px, py, pz and to the parameters */
#define BACK(ax, ay, az, x, y, z, px, py, pz)                                                     \
    sb += (y - x) * ax, rb += x * ay, bb -= z * az;                                               \
    px += -sigma * ax + (rho - z) * ay + y * az;                                                  \
    py += sigma * ax - ay + x * az;                                                               \
    pz += -x * ay - beta * az;

double lorenz_grad(double sigma, double rho, double beta, double x, double y, double z, long n,
                   double *restrict bars) {
    const double h = 0.001;
    double ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz, x1, y1, z1, x2, y2, z2, x3, y3, z3;
    double *kept = numbers(3 * n);
    for (long k = 0; k < n; k++) {
        kept[3 * k] = x, kept[3 * k + 1] = y, kept[3 * k + 2] = z;
        STAGES
        FLOW(dx, dy, dz, x3, y3, z3);
        x += h / 6.0 * (ax + 2.0 * bx + 2.0 * cx + dx);
        y += h / 6.0 * (ay + 2.0 * by + 2.0 * cy + dy);
        z += h / 6.0 * (az + 2.0 * bz + 2.0 * cz + dz);
    }
    double value = x + y + z, xb = 1.0, yb = 1.0, zb = 1.0, sb = 0.0, rb = 0.0, bb = 0.0;
    for (long k = n - 1; k >= 0; k--) {
        x = kept[3 * k], y = kept[3 * k + 1], z = kept[3 * k + 2];
        STAGES
        double s = h / 6.0, ux = s * xb, uy = s * yb, uz = s * zb;
        double p3x = 0, p3y = 0, p3z = 0, p2x = 0, p2y = 0, p2z = 0, p1x = 0, p1y = 0, p1z = 0;
        BACK(ux, uy, uz, x3, y3, z3, p3x, p3y, p3z)
        double vx = 2.0 * ux + h * p3x, vy = 2.0 * uy + h * p3y, vz = 2.0 * uz + h * p3z;
        BACK(vx, vy, vz, x2, y2, z2, p2x, p2y, p2z)
        double wx = 2.0 * ux + 0.5 * h * p2x, wy = 2.0 * uy + 0.5 * h * p2y, wz = 2.0 * uz + 0.5 * h * p2z;
        BACK(wx, wy, wz, x1, y1, z1, p1x, p1y, p1z)
        double tx = ux + 0.5 * h * p1x, ty = uy + 0.5 * h * p1y, tz = uz + 0.5 * h * p1z;
        xb += p3x + p2x + p1x, yb += p3y + p2y + p1y, zb += p3z + p2z + p1z;
        BACK(tx, ty, tz, x, y, z, xb, yb, zb)
    }
    free(kept);
    bars[0] = sb, bars[1] = rb, bars[2] = bb, bars[3] = xb, bars[4] = yb, bars[5] = zb;
    return value;
}

/* Gauss-Seidel in place */

double gauss_seidel(double *restrict u, const double *restrict f, long sweeps, long n, long m) {
    for (long s = 0; s < sweeps; s++)
        for (long i = 1; i < n - 1; i++)
            for (long j = 1; j < m - 1; j++)
                u[i * m + j] = 0.25 * (u[(i - 1) * m + j] + u[(i + 1) * m + j] + u[i * m + j - 1] +
                                       u[i * m + j + 1] + f[i * m + j]);
    double total = 0.0;
    for (long i = 0; i < n * m; i++) total += u[i] * u[i];
    return total;
}

double gauss_seidel_grad(const double *restrict u0, const double *restrict f, long sweeps, long n, long m,
                         double *restrict ub, double *restrict fb) {
    double *u = copy(u0, n * m);
    double value = gauss_seidel(u, f, sweeps, n, m);
    for (long i = 0; i < n * m; i++) ub[i] = 2.0 * u[i];
    free(u);
    clear(fb, n * m);
    for (long s = 0; s < sweeps; s++)
        for (long i = n - 2; i > 0; i--) {
            double *restrict here = ub + i * m, *restrict up = here - m, *restrict down = here + m;
            double right = here[m - 1], at = here[m - 2];
            for (long j = m - 2; j > 0; j--) {
                double g = 0.25 * at;
                here[j + 1] = right + g;
                at = here[j - 1] + g;
                right = 0.0;
                up[j] += g, down[j] += g, fb[i * m + j] += g;
            }
            here[1] = right, here[0] = at;
        }
    return value;
}

/* Jacobi with two arrays */

static void relax(double *restrict v, const double *restrict u, const double *restrict f, long n, long m) {
    for (long i = 1; i < n - 1; i++)
        for (long j = 1; j < m - 1; j++)
            v[i * m + j] = 0.25 * (u[(i - 1) * m + j] + u[(i + 1) * m + j] + u[i * m + j - 1] +
                                   u[i * m + j + 1] + f[i * m + j]);
}

double jacobi(double *restrict u, const double *restrict f, long sweeps, long n, long m) {
    double *v = copy(u, n * m);
    for (long s = 0; s < sweeps; s++) relax(v, u, f, n, m), relax(u, v, f, n, m);
    double total = 0.0;
    for (long i = 0; i < n * m; i++) total += u[i] * u[i];
    free(v);
    return total;
}

/* ub += what comes from vb, whose inside is overwritten; w is vb / 4 with a margin of zeros.  The inside of
 * ub is zero before: it is written by the sweep before and read by this one only. */
static void relax_back(double *restrict vb, double *restrict ub, double *restrict fb, double *restrict w,
                       long n, long m) {
    for (long i = 1; i < n - 1; i++)
        for (long j = 1; j < m - 1; j++) {
            double g = 0.25 * vb[i * m + j];
            w[i * m + j] = g, fb[i * m + j] += g, vb[i * m + j] = 0.0;
        }
    for (long j = 1; j < m - 1; j++) ub[j] += w[m + j], ub[(n - 1) * m + j] += w[(n - 2) * m + j];
    for (long i = 1; i < n - 1; i++) {
        ub[i * m] += w[i * m + 1], ub[i * m + m - 1] += w[i * m + m - 2];
        for (long j = 1; j < m - 1; j++)
            ub[i * m + j] = (w[(i - 1) * m + j] + w[(i + 1) * m + j]) + (w[i * m + j - 1] + w[i * m + j + 1]);
    }
}

double jacobi_grad(const double *restrict u0, const double *restrict f, long sweeps, long n, long m,
                   double *restrict ub, double *restrict fb) {
    double *u = copy(u0, n * m), *vb = zeros(n * m), *w = zeros(n * m);
    double value = jacobi(u, f, sweeps, n, m);
    for (long i = 0; i < n * m; i++) ub[i] = 2.0 * u[i];
    clear(fb, n * m);
    for (long s = 0; s < sweeps; s++) relax_back(ub, vb, fb, w, n, m), relax_back(vb, ub, fb, w, n, m);
    for (long i = 0; i < n * m; i++) ub[i] += vb[i];
    free(u), free(vb), free(w);
    return value;
}

/* LU without pivoting, the logarithm of the determinant */

double lu(double *restrict a, long n) {
    for (long k = 0; k < n; k++)
        for (long i = k + 1; i < n; i++) {
            double l = a[i * n + k] / a[k * n + k];
            a[i * n + k] = l;
            for (long j = k + 1; j < n; j++) a[i * n + j] -= l * a[k * n + j];
        }
    double det = 0.0;
    for (long k = 0; k < n; k++) det += log(fabs(a[k * n + k]));
    return det;
}

double lu_grad(const double *restrict a0, long n, double *restrict ab) {
    double *a = copy(a0, n * n);
    double value = lu(a, n);
    clear(ab, n * n);
    for (long k = 0; k < n; k++) ab[k * n + k] = 1.0 / a[k * n + k];
    for (long k = n - 1; k >= 0; k--) {
        const double *restrict row = a + k * n;
        double *restrict rowb = ab + k * n;
        for (long i = n - 1; i > k; i--) {
            const double *restrict hereb = ab + i * n;
            double l = a[i * n + k], s[8] = {0};
            long j = k + 1;
            for (; j + 8 <= n; j += 8)
                for (int q = 0; q < 8; q++) {
                    s[q] += hereb[j + q] * row[j + q];
                    rowb[j + q] -= l * hereb[j + q];
                }
            double sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
            for (; j < n; j++) sum += hereb[j] * row[j], rowb[j] -= l * hereb[j];
            double lb = (ab[i * n + k] - sum) / row[k];
            ab[i * n + k] = lb;
            rowb[k] -= lb * l;
        }
    }
    free(a);
    return value;
}

/* a tridiagonal system, the sum of squares of its solution */

double tridiagonal(const double *restrict a, double *restrict b, const double *restrict c,
                   double *restrict d, long n) {
    for (long i = 1; i < n; i++) {
        double w = a[i] / b[i - 1];
        b[i] -= w * c[i - 1];
        d[i] -= w * d[i - 1];
    }
    d[n - 1] /= b[n - 1];
    for (long i = n - 2; i >= 0; i--) d[i] = (d[i] - c[i] * d[i + 1]) / b[i];
    return square_sum(d, n);
}

double tridiagonal_grad(const double *restrict a, const double *restrict b0, const double *restrict c,
                        const double *restrict d0, long n, double *restrict ab, double *restrict bb,
                        double *restrict cb, double *restrict db) {
    double *b = copy(b0, n), *d = copy(d0, n), *x = numbers(n), *ws = numbers(n);
    for (long i = 1; i < n; i++) {
        double w = ws[i] = a[i] / b[i - 1];
        b[i] -= w * c[i - 1];
        d[i] -= w * d[i - 1];
    }
    x[n - 1] = d[n - 1] / b[n - 1];
    for (long i = n - 2; i >= 0; i--) x[i] = (d[i] - c[i] * x[i + 1]) / b[i];
    double value = square_sum(x, n), xb = 2.0 * x[0];
    for (long i = 0; i < n - 1; i++) {
        double t = xb / b[i];
        db[i] = t, bb[i] = -t * x[i], cb[i] = -t * x[i + 1];
        xb = 2.0 * x[i + 1] - t * c[i];
    }
    double t = xb / b[n - 1], dbar = t, bbar = -t * x[n - 1];
    cb[n - 1] = 0.0;
    for (long i = n - 1; i > 0; i--) {
        double w = ws[i], wb = -(dbar * d[i - 1] + bbar * c[i - 1]) / b[i - 1];
        ab[i] = wb, db[i] = dbar, cb[i - 1] -= w * bbar, bb[i] = bbar;
        dbar = db[i - 1] - w * dbar;
        bbar = bb[i - 1] - wb * w;
    }
    ab[0] = 0.0, db[0] = dbar, bb[0] = bbar;
    free(b), free(d), free(x), free(ws);
    return value;
}

/* a step of an LSTM with diagonal weights, over time; w, u, b are (4, d) */

#define SIGMOID(x) (1.0 / (1.0 + exp(-(x))))

double lstm_like(const double *restrict w, const double *restrict u, const double *restrict b,
                 const double *restrict xs, long n, long d) {
    double *h = zeros(d), *c = zeros(d), *gates = numbers(4 * d), loss = 0.0;
    for (long t = 0; t < n; t++) {
        const double *restrict x = xs + t * d;
        for (long g = 0; g < 4; g++)
            for (long i = 0; i < d; i++)
                gates[g * d + i] = w[g * d + i] * x[i] + u[g * d + i] * h[i] + b[g * d + i];
        for (long i = 0; i < d; i++) {
            double forget = SIGMOID(gates[i]), enter = SIGMOID(gates[d + i]), out = SIGMOID(gates[2 * d + i]);
            c[i] = c[i] * forget + enter * tanh(gates[3 * d + i]);
            h[i] = out * tanh(c[i]);
            loss += h[i] * x[i];
        }
    }
    free(h), free(c), free(gates);
    return loss;
}

double lstm_like_grad(const double *restrict w, const double *restrict u, const double *restrict b,
                      const double *restrict xs, long n, long d, double *restrict wb, double *restrict ub,
                      double *restrict bb) {
    /* the activations of each step, seven rows: forget, enter, out, change, c and h before, tanh(c) */
    double *kept = numbers(7 * n * d), *h = zeros(d), *c = zeros(d), *gates = numbers(4 * d), loss = 0.0;
    for (long t = 0; t < n; t++) {
        const double *restrict x = xs + t * d;
        double *restrict k = kept + 7 * t * d;
        for (long g = 0; g < 4; g++)
            for (long i = 0; i < d; i++)
                gates[g * d + i] = w[g * d + i] * x[i] + u[g * d + i] * h[i] + b[g * d + i];
        for (long i = 0; i < d; i++) {
            double forget = SIGMOID(gates[i]), enter = SIGMOID(gates[d + i]), out = SIGMOID(gates[2 * d + i]);
            double change = tanh(gates[3 * d + i]);
            k[i] = forget, k[d + i] = enter, k[2 * d + i] = out, k[3 * d + i] = change;
            k[4 * d + i] = c[i], k[5 * d + i] = h[i];
            c[i] = c[i] * forget + enter * change;
            k[6 * d + i] = tanh(c[i]);
            h[i] = out * k[6 * d + i];
            loss += h[i] * x[i];
        }
    }
    clear(h, d), clear(c, d), clear(wb, 4 * d), clear(ub, 4 * d), clear(bb, 4 * d);
    for (long t = n - 1; t >= 0; t--) {
        const double *restrict x = xs + t * d, *restrict k = kept + 7 * t * d;
        for (long i = 0; i < d; i++) {
            double forget = k[i], enter = k[d + i], out = k[2 * d + i], change = k[3 * d + i];
            double th = k[6 * d + i], hb = h[i] + x[i], cb = c[i] + hb * out * (1.0 - th * th);
            gates[i] = cb * k[4 * d + i] * forget * (1.0 - forget);
            gates[d + i] = cb * change * enter * (1.0 - enter);
            gates[2 * d + i] = hb * th * out * (1.0 - out);
            gates[3 * d + i] = cb * enter * (1.0 - change * change);
            c[i] = cb * forget;
            h[i] = 0.0;
        }
        for (long g = 0; g < 4; g++)
            for (long i = 0; i < d; i++) {
                double gb = gates[g * d + i];
                wb[g * d + i] += gb * x[i], ub[g * d + i] += gb * k[5 * d + i], bb[g * d + i] += gb;
                h[i] += gb * u[g * d + i];
            }
    }
    free(kept), free(h), free(c), free(gates);
    return loss;
}

/* n bodies */

static void forces(const double *restrict pos, const double *restrict mass, double *restrict acc, long n) {
    clear(acc, 3 * n);
    for (long i = 0; i < n; i++) {
        double sx = 0, sy = 0, sz = 0;
        for (long j = 0; j < n; j++)
            if (i != j) {
                double dx = pos[3 * j] - pos[3 * i], dy = pos[3 * j + 1] - pos[3 * i + 1];
                double dz = pos[3 * j + 2] - pos[3 * i + 2], r2 = dx * dx + dy * dy + dz * dz + 0.01;
                double w = mass[j] / (r2 * sqrt(r2));
                sx += w * dx, sy += w * dy, sz += w * dz;
            }
        acc[3 * i] = sx, acc[3 * i + 1] = sy, acc[3 * i + 2] = sz;
    }
}

double nbody(double *restrict pos, double *restrict vel, const double *restrict mass, long steps, double dt,
             long n) {
    double *acc = numbers(3 * n);
    for (long s = 0; s < steps; s++) {
        forces(pos, mass, acc, n);
        for (long i = 0; i < 3 * n; i++) vel[i] += dt * acc[i], pos[i] += dt * vel[i];
    }
    free(acc);
    return square_sum(pos, 3 * n);
}

double nbody_grad(const double *restrict pos0, const double *restrict vel0, const double *restrict mass,
                  long steps, double dt, long n, double *restrict pb, double *restrict vb,
                  double *restrict mb) {
    double *pos = copy(pos0, 3 * n), *vel = copy(vel0, 3 * n), *acc = numbers(3 * n);
    double *kept = numbers(3 * n * steps);
    for (long s = 0; s < steps; s++) {
        memcpy(kept + 3 * n * s, pos, 3 * n * sizeof(double));
        forces(pos, mass, acc, n);
        for (long i = 0; i < 3 * n; i++) vel[i] += dt * acc[i], pos[i] += dt * vel[i];
    }
    double value = square_sum(pos, 3 * n);
    for (long i = 0; i < 3 * n; i++) pb[i] = 2.0 * pos[i];
    clear(vb, 3 * n), clear(mb, n);
    for (long s = steps - 1; s >= 0; s--) {
        const double *restrict p = kept + 3 * n * s;
        for (long i = 0; i < 3 * n; i++) vb[i] += dt * pb[i], acc[i] = dt * vb[i];
        for (long i = 0; i < n; i++) {
            double gx = acc[3 * i], gy = acc[3 * i + 1], gz = acc[3 * i + 2], sx = 0, sy = 0, sz = 0;
            for (long j = 0; j < n; j++)
                if (i != j) {
                    double dx = p[3 * j] - p[3 * i], dy = p[3 * j + 1] - p[3 * i + 1];
                    double dz = p[3 * j + 2] - p[3 * i + 2], r2 = dx * dx + dy * dy + dz * dz + 0.01;
                    double q = 1.0 / (r2 * sqrt(r2)), w = mass[j] * q;
                    double wb = gx * dx + gy * dy + gz * dz, rb = -3.0 * wb * w / r2;
                    double x = w * gx + rb * dx, y = w * gy + rb * dy, z = w * gz + rb * dz;
                    mb[j] += wb * q;
                    pb[3 * j] += x, pb[3 * j + 1] += y, pb[3 * j + 2] += z;
                    sx += x, sy += y, sz += z;
                }
            pb[3 * i] -= sx, pb[3 * i + 1] -= sy, pb[3 * i + 2] -= sz;
        }
    }
    free(pos), free(vel), free(acc), free(kept);
    return value;
}

/* the likelihood of a Gaussian mixture (ADBench); icf is (k, d (d + 1) / 2) */

static double log_multigamma(double a, long d) {
    double out = 0.25 * d * (d - 1) * log(M_PI);
    for (long j = 1; j <= d; j++) out += lgamma(a + 0.5 * (1 - j));
    return out;
}

static double constant(double gamma, double m, long n, long d, long k) {
    double dof = d + m + 1.0;
    return -n * d * 0.5 * log(2 * M_PI) -
           k * (dof * d * (log(gamma) - 0.5 * log(2)) - log_multigamma(0.5 * dof, d));
}

static double log_sum_exp(const double *restrict x, double *restrict share, long k) {
    double high = x[0], s = 0.0;
    for (long j = 1; j < k; j++) high = x[j] > high ? x[j] : high;
    for (long j = 0; j < k; j++) s += share[j] = exp(x[j] - high);
    for (long j = 0; j < k; j++) share[j] /= s;
    return high + log(s);
}

static void scale(const double *restrict x, const double *restrict mean, const double *restrict diagonal,
                  const double *restrict low, double *restrict centred, double *restrict scaled, long d) {
    for (long i = 0; i < d; i++) centred[i] = x[i] - mean[i], scaled[i] = diagonal[i] * centred[i];
    for (long i = 0; i < d; i++) {
        double c = centred[i];
        for (long r = i + 1; r < d; r++) scaled[r] += *low++ * c;
    }
}

double gmm(const double *restrict alpha, const double *restrict means, const double *restrict icf,
           const double *restrict x, double gamma, double m, long n, long d, long k) {
    long size = d * (d + 1) / 2;
    double *diagonal = numbers(k * d), *sum_log = zeros(k), *terms = numbers(k), *share = numbers(k);
    double *centred = numbers(d), *scaled = numbers(d), total = 0.0, prior = 0.0;
    for (long j = 0; j < k; j++) {
        double square = 0.0;
        for (long i = 0; i < d; i++) {
            sum_log[j] += icf[j * size + i];
            diagonal[j * d + i] = exp(icf[j * size + i]);
            square += diagonal[j * d + i] * diagonal[j * d + i];
        }
        for (long i = d; i < size; i++) square += icf[j * size + i] * icf[j * size + i];
        prior += 0.5 * gamma * gamma * square - m * sum_log[j];
    }
    for (long t = 0; t < n; t++) {
        for (long j = 0; j < k; j++) {
            scale(x + t * d, means + j * d, diagonal + j * d, icf + j * size + d, centred, scaled, d);
            terms[j] = alpha[j] + sum_log[j] - 0.5 * square_sum(scaled, d);
        }
        total += log_sum_exp(terms, share, k);
    }
    double value = total - n * log_sum_exp(alpha, share, k) + prior + constant(gamma, m, n, d, k);
    free(diagonal), free(sum_log), free(terms), free(share), free(centred), free(scaled);
    return value;
}

double gmm_grad(const double *restrict alpha, const double *restrict means, const double *restrict icf,
                const double *restrict x, double gamma, double m, long n, long d, long k,
                double *restrict alphab, double *restrict meansb, double *restrict icfb) {
    long size = d * (d + 1) / 2;
    double *diagonal = numbers(k * d), *sum_log = zeros(k), *terms = numbers(k), *share = numbers(k);
    double *centred = numbers(k * d), *scaled = numbers(k * d), *cb = numbers(d), *sb = numbers(d);
    double total = 0.0, prior = 0.0;
    clear(alphab, k), clear(meansb, k * d), clear(icfb, k * size);
    for (long j = 0; j < k; j++) {
        double square = 0.0;
        for (long i = 0; i < d; i++) {
            sum_log[j] += icf[j * size + i];
            diagonal[j * d + i] = exp(icf[j * size + i]);
            square += diagonal[j * d + i] * diagonal[j * d + i];
        }
        for (long i = d; i < size; i++) square += icf[j * size + i] * icf[j * size + i];
        prior += 0.5 * gamma * gamma * square - m * sum_log[j];
    }
    for (long t = 0; t < n; t++) {
        for (long j = 0; j < k; j++) {
            double *s = scaled + j * d;
            scale(x + t * d, means + j * d, diagonal + j * d, icf + j * size + d, centred + j * d, s, d);
            terms[j] = alpha[j] + sum_log[j] - 0.5 * square_sum(s, d);
        }
        total += log_sum_exp(terms, share, k);
        for (long j = 0; j < k; j++) {
            const double *restrict c = centred + j * d, *restrict q = diagonal + j * d;
            const double *restrict low = icf + j * size + d;
            double *restrict diagonalb = icfb + j * size, *restrict lowb = diagonalb + d, p = share[j];
            alphab[j] += p;
            for (long i = 0; i < d; i++) {
                sb[i] = -p * scaled[j * d + i];
                diagonalb[i] += sb[i] * c[i]; /* of exp(icf), for now */
                cb[i] = q[i] * sb[i];
            }
            for (long i = 0; i < d; i++) {
                double s[8] = {0}, at = c[i], sum = 0.0;
                long r = i + 1;
                for (; r + 8 <= d; r += 8, low += 8, lowb += 8)
                    for (int z = 0; z < 8; z++) s[z] += low[z] * sb[r + z], lowb[z] += sb[r + z] * at;
                for (; r < d; r++, low++, lowb++) sum += *low * sb[r], *lowb += sb[r] * at;
                cb[i] += sum + (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])));
            }
            for (long i = 0; i < d; i++) meansb[j * d + i] -= cb[i];
        }
    }
    double value = total - n * log_sum_exp(alpha, share, k) + prior + constant(gamma, m, n, d, k);
    for (long j = 0; j < k; j++) {
        double sum_logb = alphab[j] - m;
        for (long i = 0; i < d; i++) {
            double q = diagonal[j * d + i];
            icfb[j * size + i] = q * (icfb[j * size + i] + gamma * gamma * q) + sum_logb;
        }
        for (long i = d; i < size; i++) icfb[j * size + i] += gamma * gamma * icf[j * size + i];
        alphab[j] -= n * share[j];
    }
    free(diagonal), free(sum_log), free(terms), free(share), free(centred), free(scaled), free(cb), free(sb);
    return value;
}
