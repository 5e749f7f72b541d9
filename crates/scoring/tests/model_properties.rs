//! What must hold of every model on any data: nothing changes where no tariff does, units do not
//! matter, flows add up, a tariff lowers what it is put on, equals are treated alike.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::needless_range_loop, reason = "sums over regions read as in the papers")]

use detente_scoring::{Supply, caliendo_parro, deficit_ge, gsim, smart};
use proptest::prelude::*;

const N: usize = 3;
const S: usize = 2;

type Matrix = Vec<Vec<f64>>;
type Cube = Vec<Matrix>;

/// A table with `home` on the diagonal and `abroad` elsewhere.
fn matrix(home: std::ops::Range<f64>, abroad: std::ops::Range<f64>) -> impl Strategy<Value = Matrix> {
    let cells = (prop::collection::vec(home, N), prop::collection::vec(abroad, N * N));
    cells.prop_map(|(home, abroad)| {
        let cell = |i: usize, j: usize| if i == j { home[i] } else { abroad[i * N + j] };
        (0..N).map(|i| (0..N).map(|j| cell(i, j)).collect()).collect()
    })
}

fn trade() -> impl Strategy<Value = Matrix> {
    matrix(300.0..900.0, 5.0..80.0)
}

fn tariffs() -> impl Strategy<Value = Matrix> {
    matrix(0.0..f64::MIN_POSITIVE, 0.0..0.5).prop_map(|mut tariffs| {
        (0..N).for_each(|i| tariffs[i][i] = 0.0);
        tariffs
    })
}

fn times(table: &Matrix, by: f64) -> Matrix {
    table.iter().map(|row| row.iter().map(|x| x * by).collect()).collect()
}

fn plus_one(table: &Matrix) -> Matrix {
    table.iter().map(|row| row.iter().map(|x| 1.0 + x).collect()).collect()
}

/// The same with another rate on what 0 buys from 1.
fn raised(table: &Matrix, by: f64) -> Matrix {
    let mut higher = table.clone();
    higher[1][0] += by;
    higher
}

fn close(given: f64, expected: f64) -> bool {
    (given - expected).abs() <= 1e-8 * (1.0 + expected.abs())
}

fn all_close<'a>(
    given: impl IntoIterator<Item = &'a f64>,
    expected: impl IntoIterator<Item = &'a f64>,
) -> bool {
    given.into_iter().zip(expected).all(|(g, e)| close(*g, *e))
}

fn all_one(hats: &[f64]) -> bool {
    hats.iter().all(|hat| *hat == 1.0)
}

/// Imports less exports.
fn deficit(trade: &[Matrix], n: usize) -> f64 {
    let flows = trade.iter().flat_map(|m| (0..N).map(move |k| m[k][n] - m[n][k]));
    flows.sum()
}

fn industry(trade: &Matrix, base: &Matrix, [em, ex, es]: [f64; 3]) -> gsim::Industry {
    let world = gsim::World {
        trade: trade.clone(),
        tariff_power: plus_one(base),
        demand: vec![em; N],
        supply: vec![Supply::Finite(ex); N],
        substitution: vec![es; N],
    };
    gsim::Industry::new(world).unwrap()
}

fn gsim_elasticities() -> impl Strategy<Value = [f64; 3]> {
    (-2.0..-0.2_f64, 0.5..5.0_f64, 2.0..8.0_f64).prop_map(|(em, ex, es)| [em, ex, es])
}

fn market(trade: &[f64], es: f64) -> smart::Market {
    let imports = smart::Imports {
        trade_value: trade.to_vec(),
        tariff0: vec![0.1; trade.len()],
        import_elasticity: -1.3,
        substitution_elasticity: es,
        export_supply: Supply::Infinite,
    };
    smart::Market::new(imports).unwrap()
}

/// An economy in which every output takes the same inputs.
fn parro(trade: &Cube, base: &Cube, theta: f64) -> caliendo_parro::Economy {
    let data = caliendo_parro::Data {
        trade: trade.clone(),
        tariff: base.clone(),
        theta: vec![theta, theta + 1.0],
        gamma_va: vec![vec![0.6; S]; N],
        gamma_io: vec![vec![vec![0.2; S]; S]; N],
    };
    caliendo_parro::Economy::new(data).unwrap()
}

fn ge(trade: &Matrix, size: f64, nu: f64) -> deficit_ge::Economy {
    let mut abroad = trade.clone();
    (0..N).for_each(|i| abroad[i][i] = 0.0);
    let data = deficit_ge::Data {
        trade: abroad,
        gdp: vec![1_000.0 * size, 800.0 * size, 1_500.0 * size],
        nu: vec![nu, 0.5 * nu, 0.8 * nu],
        parameters: deficit_ge::Parameters::default(),
    };
    deficit_ge::Economy::new(data).unwrap()
}

fn rates(cube: &Cube, by: f64) -> Cube {
    cube.iter().map(|m| raised(m, by)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn smart_moves_trade_between_partners_and_creates_none_by_moving(
        trade in prop::collection::vec(1.0..100.0_f64, 2..6), es in 0.5..5.0_f64, t in 0.0..1.0_f64, k in 0.1..1e6_f64,
    ) {
        let mut tariffs = vec![0.1; trade.len()];
        let still = market(&trade, es).solve(&tariffs).unwrap();
        prop_assert_eq!(&still.new_trade, &trade);
        prop_assert!(still.revenue_change == 0.0 && still.flags.is_empty());
        tariffs[1] = t;
        let effect = market(&trade, es).solve(&tariffs).unwrap();
        prop_assert!(close(effect.trade_diversion.iter().sum::<f64>(), 0.0));
        prop_assert!((effect.new_trade[1] - trade[1]) * (t - 0.1) <= 0.0);
        let total: f64 = effect.new_trade.iter().sum();
        prop_assert!(close(total, trade.iter().sum::<f64>() + effect.trade_creation[1]));
        let scaled: Vec<f64> = trade.iter().map(|v| v * k).collect();
        let larger = market(&scaled, es).solve(&tariffs).unwrap();
        let unscaled: Vec<f64> = larger.new_trade.iter().map(|v| v / k).collect();
        prop_assert!(all_close(&unscaled, &effect.new_trade));
    }

    #[test]
    fn gsim_is_still_where_no_tariff_moves_and_clears_where_one_does(
        trade in trade(), base in tariffs(), elasticities in gsim_elasticities(), by in 0.01..0.3_f64, k in 0.1..1e3_f64,
    ) {
        let model = industry(&trade, &base, elasticities);
        let still = model.solve(&plus_one(&base)).unwrap();
        prop_assert_eq!(&still.new_trade, &trade);
        prop_assert!(still.world_price_change.iter().chain(&still.net_welfare).all(|x| *x == 0.0));
        let after = model.solve(&plus_one(&raised(&base, by))).unwrap();
        prop_assert!(after.new_trade[1][0] < trade[1][0]);
        // What each exporter sells, at old prices, is what its supply curve gives.
        for i in 0..N {
            let price = after.world_price_change[i];
            let sold: f64 = after.new_trade[i].iter().map(|m| m / (1.0 + price)).sum();
            prop_assert!(close(sold, trade[i].iter().sum::<f64>() * (1.0 + elasticities[1] * price)));
        }
        let larger = industry(&times(&trade, k), &base, elasticities).solve(&plus_one(&raised(&base, by))).unwrap();
        prop_assert!(all_close(&larger.world_price_change, &after.world_price_change));
    }

    #[test]
    fn caliendo_parro_gives_the_base_year_back_to_the_bit(
        a in trade(), b in trade(), t in tariffs(), u in tariffs(), theta in 1.0..9.0_f64,
    ) {
        let (trade, base) = (vec![a, b], vec![t, u]);
        let still = parro(&trade, &base, theta).solve(&base).unwrap();
        prop_assert!(all_one(&still.wage_hat) && all_one(&still.welfare_hat) && all_one(&still.price_index_hat));
        prop_assert_eq!(still.trade, trade);
    }

    #[test]
    fn caliendo_parro_keeps_deficits_and_adds_up(
        a in trade(), b in trade(), t in tariffs(), u in tariffs(), theta in 1.0..9.0_f64, by in 0.05..1.5_f64, k in 0.1..1e3_f64,
    ) {
        let (trade, base) = (vec![a, b], vec![t, u]);
        let economy = parro(&trade, &base, theta);
        let tariffs = rates(&base, by);
        let after = economy.solve(&tariffs).unwrap();
        let (mut world, mut before) = (0.0, 0.0);
        for n in 0..N {
            prop_assert!(close(deficit(&after.trade, n), economy.deficit()[n]));
            let made: f64 = after.trade.iter().map(|m| m[n].iter().sum::<f64>()).sum();
            prop_assert!(close(0.6 * made, after.wage_hat[n] * economy.value_added()[n]));
            world += after.wage_hat[n] * economy.value_added()[n];
            before += economy.value_added()[n];
            let duty: f64 = (0..S).flat_map(|s| (0..N).map(move |i| (s, i)))
                .map(|(s, i)| tariffs[s][i][n] * after.trade[s][i][n]).sum();
            prop_assert!(close(after.tariff_revenue[n], duty));
        }
        prop_assert!(close(world, before));
        prop_assert!((0..S).all(|s| after.trade[s][1][0] < trade[s][1][0]));
        let scaled: Cube = trade.iter().map(|m| times(m, k)).collect();
        let larger = parro(&scaled, &base, theta).solve(&tariffs).unwrap();
        prop_assert!(all_close(&larger.welfare_hat, &after.welfare_hat));
    }

    #[test]
    fn deficit_ge_gives_the_base_year_back_to_the_bit(trade in trade(), nu in 0.0..0.4_f64) {
        let economy = ge(&trade, 1.0, nu);
        let none = vec![vec![0.0; N]; N];
        let still = economy.solve(&none, deficit_ge::Rebate::IncomeTax).unwrap();
        prop_assert!(all_one(&still.wage_hat) && all_one(&still.expenditure_hat));
        prop_assert!(still.welfare_pct.iter().chain(&still.employment_pct).all(|x| *x == 0.0));
        prop_assert!(still.deficit_pct.iter().flatten().all(|x| *x == 0.0));
        prop_assert_eq!(still.trade.as_slice(), economy.trade());
    }

    #[test]
    fn deficit_ge_spends_what_the_world_earns(
        trade in trade(), t in tariffs(), nu in 0.0..0.4_f64, k in 0.1..1e3_f64,
    ) {
        let (economy, mut added) = (ge(&trade, 1.0, nu), t);
        (0..N).for_each(|i| added[i][i] = 0.0);
        let after = economy.solve(&added, deficit_ge::Rebate::IncomeTax).unwrap();
        let spent: f64 = (0..N).map(|i| after.expenditure_hat[i] * economy.expenditure()[i]).sum();
        let revenue: f64 = (0..N).map(|i| after.revenue_share[i] * economy.expenditure()[i]).sum();
        let earned: f64 = (0..N)
            .map(|i| after.wage_hat[i] * (1.0 + after.employment_pct[i] / 100.0) * economy.income()[i]).sum();
        prop_assert!(close(spent, earned + revenue));
        let bought = |i: usize| -> f64 { (0..N).map(|j| (1.0 + added[j][i]) * after.trade[j][i]).sum() };
        prop_assert!((0..N).all(|i| close(bought(i), after.expenditure_hat[i] * economy.expenditure()[i])));
        prop_assert!(close(after.deficit.iter().sum(), 0.0));
        let dearer: f64 = (0..N).map(|i| after.price_index_pct[i] * economy.expenditure()[i]).sum();
        prop_assert!(close(dearer / economy.expenditure().iter().sum::<f64>(), 0.0));
        let larger = ge(&times(&trade, k), k, nu).solve(&added, deficit_ge::Rebate::IncomeTax).unwrap();
        prop_assert!(all_close(&larger.welfare_pct, &after.welfare_pct));
    }

    #[test]
    fn a_higher_tariff_lowers_what_it_is_put_on(trade in trade(), nu in 0.0..0.4_f64, t in 0.0..2.0_f64, by in 0.01..1.0_f64) {
        let bought = |rate: f64| {
            let added = raised(&vec![vec![0.0; N]; N], rate);
            ge(&trade, 1.0, nu).solve(&added, deficit_ge::Rebate::IncomeTax).unwrap().trade[1][0]
        };
        prop_assert!(bought(t + by) < bought(t));
    }
}

/// Three regions that differ in nothing but their names, each taxing the others alike.
#[test]
fn equals_are_treated_alike() {
    let table = |home: f64, abroad: f64| -> Matrix {
        (0..N).map(|i| (0..N).map(|j| if i == j { home } else { abroad }).collect()).collect()
    };
    let same = |figures: &[f64]| assert!(figures.iter().all(|f| close(*f, figures[0])), "{figures:?}");
    let (trade, base, after) = (table(500.0, 40.0), table(0.0, 0.05), table(0.0, 0.4));

    let effect = industry(&trade, &base, [-1.2, 1.5, 5.0]).solve(&plus_one(&after)).unwrap();
    [&effect.world_price_change, &effect.net_welfare].iter().for_each(|figures| same(figures));

    let cube = |m: &Matrix| vec![m.clone(), times(m, 0.7)];
    let economy = parro(&vec![trade.clone(), times(&trade, 0.7)], &vec![base.clone(), base], 4.0);
    let hats = economy.solve(&cube(&after)).unwrap();
    assert!(hats.wage_hat.iter().all(|w| close(*w, 1.0)));
    [&hats.welfare_hat, &hats.price_index_hat].iter().for_each(|figures| same(figures));

    let data = deficit_ge::Data {
        trade: table(0.0, 40.0),
        gdp: vec![1_000.0; N],
        nu: vec![0.2; N],
        parameters: deficit_ge::Parameters::default(),
    };
    let changes =
        deficit_ge::Economy::new(data).unwrap().solve(&after, deficit_ge::Rebate::IncomeTax).unwrap();
    [&changes.welfare_pct, &changes.employment_pct].iter().for_each(|figures| same(figures));
}
