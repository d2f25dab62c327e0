// ---- the normal distribution, for generated formulas ----

// The part of the normal distribution beyond x times the square root of 2, twice: a series of
// positive terms where it converges fast, a continued fraction in the tail.
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  const square = x * x, bell = Math.exp(-square) / Math.sqrt(Math.PI);
  if (x < 1.5) {
    let term = x, sum = x;
    for (let n = 1; term > 1e-17 * sum; n += 1) sum += term *= 2 * square / (2 * n + 1);
    return 1 - 2 * bell * sum;
  }
  let rest = 0;
  for (let n = 120; n >= 1; n -= 1) rest = n * (n - 0.5) / (square + 2 * n + 0.5 - rest);
  return bell * x / (square + 0.5 - rest);
}

const Phi = x => erfc(-x / Math.SQRT2) / 2;
