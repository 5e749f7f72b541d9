//! Where a falling function of one number crosses zero.

/// Steps until the bracket is as small as numbers can be; more mean a function that is not falling.
const MAX_STEPS: u32 = 200;

/// The zero of a continuous, falling `f` with `f(low) ≥ 0 ≥ f(high)`: false position, with the end
/// that stays behind counted for half (the Illinois rule; Dowell & Jarratt 1971) and a bisection
/// wherever that gains too little. None where the ends do not bracket a zero or `f` gives no number.
///
/// A market offers no cheap slope here: each value is a cleared market of its own.
pub(crate) fn falling_root<E>(
    (low, high): (f64, f64),
    tolerance: f64,
    f: impl Fn(f64) -> Result<f64, E>,
) -> Result<Option<f64>, E> {
    let (mut low, mut high) = ((low, f(low)?), (high, f(high)?));
    if !(low.1 >= 0.0 && high.1 <= 0.0) {
        return Ok(None);
    }
    if let Some(end) = [low, high].into_iter().find(|end| end.1.abs() <= tolerance) {
        return Ok(Some(end.0));
    }
    let mut last_fell_short = None;
    for step in 0..MAX_STEPS {
        let crossing = low.0 + (high.0 - low.0) * low.1 / (low.1 - high.1);
        // Every third step halves the bracket, whatever the shape.
        let inside = crossing > low.0 && crossing < high.0 && step % 3 != 2;
        let at = if inside { crossing } else { low.0.midpoint(high.0) };
        if at <= low.0 || at >= high.0 {
            break; // no number lies between
        }
        let value = f(at)?;
        if value.abs() <= tolerance {
            return Ok(Some(at));
        }
        let falls_short = value > 0.0;
        let again = last_fell_short.replace(falls_short) == Some(falls_short);
        let (moved, stays) = if falls_short { (&mut low, &mut high) } else { (&mut high, &mut low) };
        *moved = (at, value);
        if again {
            stays.1 *= 0.5;
        }
    }
    let (at_low, at_high) = (f(low.0)?, f(high.0)?);
    Ok(Some(if at_low.abs() <= at_high.abs() { low.0 } else { high.0 }))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::falling_root;

    fn root(bracket: (f64, f64), f: impl Fn(f64) -> f64) -> Option<f64> {
        match falling_root(bracket, 1e-14, |x| Ok::<_, Infallible>(f(x))) {
            Ok(found) => found,
            Err(never) => match never {},
        }
    }

    #[test]
    fn a_zero_is_found_however_bent_the_function() {
        for power in [0.01_f64, 0.5, 1.0, 3.0, 30.0] {
            let found = root((0.0, 5.0), |x| 2.0_f64.powf(power) - x.powf(power)).unwrap();
            assert!((found - 2.0).abs() < 1e-9, "{power}: {found}");
        }
    }

    #[test]
    fn ends_are_zeros_too_and_a_bracket_is_needed() {
        assert_eq!(root((1.0, 3.0), |x| 1.0 - x), Some(1.0));
        assert_eq!(root((0.0, 1.0), |x| 5.0 - x), None);
        assert_eq!(root((0.0, 1.0), |_| f64::NAN), None);
    }
}
