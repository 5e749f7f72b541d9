use crate::ScoringError;

use super::{Matrix, Vector};

/// Solves A·x = b.
///
/// # Errors
/// [`ScoringError::Singular`] where A has no inverse at the precision of the numbers.
pub(crate) fn solve_linear(a: Matrix<f64>, b: Vector<f64>) -> Result<Vector<f64>, ScoringError> {
    let solution = solve_columns(a, Matrix::from_columns(&[b]))?;
    Ok(solution.column(0).into_owned())
}

/// Solves A·x = b for A whose rows and columns come in blocks of these sizes: a border, which may hold
/// anything, then blocks of which each depends on the border and on those before it alone.
///
/// Each block is solved for what the border leaves open, the border last: a matrix of the size of one
/// block is factored at a time, not one of all.
///
/// # Errors
/// [`ScoringError::Singular`] where A or a block has no inverse at the precision of the numbers.
pub(crate) fn solve_bordered(
    a: &Matrix<f64>,
    b: &Vector<f64>,
    (border, blocks): (usize, &[usize]),
) -> Result<Vector<f64>, ScoringError> {
    let unknowns = b.len();
    // x as a linear function of its first entries: slopes, then the constant.
    let mut open = Matrix::zeros(unknowns, border + 1);
    open.view_mut((0, 0), (border, border)).fill_with_identity();
    let mut start = border;
    for size in blocks {
        let mut rest = a.view((start, 0), (*size, start)) * -open.rows(0, start);
        let mut constant = rest.column_mut(border);
        constant += b.rows(start, *size);
        let block = a.view((start, start), (*size, *size)).into_owned();
        open.rows_mut(start, *size).copy_from(&solve_columns(block, rest)?);
        start += size;
    }
    let left = a.rows(0, border) * &open;
    let constant = b.rows(0, border) - left.column(border);
    let first = solve_linear(left.columns(0, border).into_owned(), constant)?;
    Ok(open.columns(0, border) * first + open.column(border))
}

/// Solves A·X = B. Rows are brought to one size before a pivot is chosen or found wanting: the unit of
/// an equation says nothing.
fn solve_columns(mut a: Matrix<f64>, mut b: Matrix<f64>) -> Result<Matrix<f64>, ScoringError> {
    let unknowns = a.nrows();
    let singular = ScoringError::Singular { unknowns };
    for row in 0..unknowns {
        let size = a.row(row).amax();
        a.row_mut(row).unscale_mut(size);
        b.row_mut(row).unscale_mut(size);
    }
    let lu = a.lu();
    let pivots = lu.lu_internal().diagonal();
    // Below this a pivot is nothing but rounding of the largest one. NaN is not above it either.
    let rounding = pivots.amax() * f64::EPSILON * unknowns as f64;
    if !pivots.iter().all(|pivot| pivot.abs() > rounding) {
        return Err(singular);
    }
    if lu.solve_mut(&mut b) { Ok(b) } else { Err(singular) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a border of two, and two blocks of three and two.
    fn bordered() -> (Matrix<f64>, Vector<f64>) {
        let entry = |i: usize, j: usize| match (i, j) {
            (2..=4, 5..) => 0.0,
            _ if i == j => 4.0,
            _ => ((7 * i + 3 * j) % 5) as f64 / 3.0 - 0.5,
        };
        (Matrix::from_fn(7, 7, entry), Vector::from_fn(7, |i, _| 1.0 + i as f64))
    }

    #[test]
    fn blocks_are_solved_as_the_whole_is() {
        let (a, b) = bordered();
        let (whole, parts) =
            (solve_linear(a.clone(), b.clone()).unwrap(), solve_bordered(&a, &b, (2, &[3, 2])).unwrap());
        assert!((&whole - &parts).amax() < 1e-13, "{whole} {parts}");
        assert!((a * parts - b).amax() < 1e-13);
    }

    #[test]
    fn the_unit_of_an_equation_says_nothing() {
        let rows = Matrix::from_row_slice(2, 2, &[1e20, 2e20, 3e-20, -1e-20]);
        let solution = solve_linear(rows, Vector::from_row_slice(&[5e20, 1e-20])).unwrap();
        assert!((solution - Vector::from_row_slice(&[1.0, 2.0])).amax() < 1e-15);
    }

    #[test]
    fn what_determines_nothing_is_singular() {
        for rows in
            [[1.0, 2.0, 2.0, 4.0], [0.0, 0.0, 1.0, 1.0], [f64::NAN, 1.0, 1.0, 1.0], [1.0, 0.1, 10.0, 1.0]]
        {
            let failed = solve_linear(Matrix::from_row_slice(2, 2, &rows), Vector::zeros(2));
            assert_eq!(failed.unwrap_err(), ScoringError::Singular { unknowns: 2 }, "{rows:?}");
        }
    }
}
