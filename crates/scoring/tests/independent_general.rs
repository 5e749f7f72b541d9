//! Economies of our own in general equilibrium, solved a second time in levels by plain iteration
//! that shares no code with the models.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::needless_range_loop, reason = "sums over regions and sectors read as in the papers")]

use detente_scoring::{caliendo_parro, deficit_ge};

const N: usize = 3;
const S: usize = 2;

type Flows = [[[f64; N]; N]; S];

/// `[sector][exporter][importer]`: the first region buys far more than it sells.
const TRADE: Flows = [
    [[420.0, 22.0, 31.0], [95.0, 510.0, 48.0], [70.0, 33.0, 640.0]],
    [[610.0, 18.0, 25.0], [60.0, 720.0, 41.0], [45.0, 52.0, 830.0]],
];
const BASE: Flows = [
    [[0.0, 0.09, 0.04], [0.06, 0.0, 0.05], [0.03, 0.08, 0.0]],
    [[0.0, 0.11, 0.05], [0.08, 0.0, 0.07], [0.02, 0.06, 0.0]],
];
const AFTER: Flows = [
    [[0.0, 0.29, 0.04], [0.36, 0.0, 0.05], [0.03, 0.08, 0.0]],
    [[0.0, 0.11, 0.05], [0.58, 0.0, 0.07], [0.12, 0.06, 0.0]],
];
const THETA: [f64; S] = [3.5, 5.0];
/// `[region][sector]`.
const VALUE_ADDED: [[f64; S]; N] = [[0.52, 0.48], [0.38, 0.33], [0.45, 0.41]];
/// Of all inputs into an output, the share from the first sector: `[region][output]`.
const FROM_FIRST: [[f64; S]; N] = [[0.6, 0.35], [0.7, 0.25], [0.55, 0.4]];

/// γ_j^{ks}.
fn input(region: usize, from: usize, into: usize) -> f64 {
    let first = FROM_FIRST[region][into];
    (1.0 - VALUE_ADDED[region][into]) * if from == 0 { first } else { 1.0 - first }
}

fn nested(flows: &Flows) -> Vec<Vec<Vec<f64>>> {
    flows.iter().map(|matrix| matrix.iter().map(|row| row.to_vec()).collect()).collect()
}

fn caliendo_parro() -> caliendo_parro::Economy {
    let inputs = |n: usize| (0..S).map(|k| (0..S).map(|s| input(n, k, s)).collect()).collect();
    caliendo_parro::Economy::new(caliendo_parro::Data {
        trade: nested(&TRADE),
        tariff: nested(&BASE),
        theta: THETA.to_vec(),
        gamma_va: VALUE_ADDED.iter().map(|row| row.to_vec()).collect(),
        gamma_io: (0..N).map(inputs).collect(),
    })
    .unwrap()
}

/// The world in levels: technology times distance is what reproduces the base year at wages of 1.
struct Levels {
    wage: [f64; N],
    price: [[f64; S]; N],
    trade: Flows,
}

fn sum<const K: usize>(f: impl Fn(usize) -> f64) -> f64 {
    (0..K).map(f).sum()
}

fn spending(flows: &Flows, tariff: &Flows, j: usize, s: usize) -> f64 {
    sum::<N>(|i| flows[s][i][j] * (1.0 + tariff[s][i][j]))
}

fn output(flows: &Flows, i: usize, s: usize) -> f64 {
    flows[s][i].iter().sum()
}

/// Prices at given wages: unit costs and indices in turn until neither moves.
fn prices(wage: &[f64; N], cost_of_base: &Flows) -> ([[f64; S]; N], Flows) {
    let mut price = [[1.0_f64; S]; N];
    let mut share = TRADE;
    for _ in 0..400 {
        let cost = |i: usize, s: usize| {
            let inputs: f64 = (0..S).map(|k| price[i][k].powf(input(i, k, s))).product();
            wage[i].powf(VALUE_ADDED[i][s]) * inputs
        };
        let mut next = price;
        for s in 0..S {
            for j in 0..N {
                let pull = |i: usize| {
                    let kappa = (1.0 + AFTER[s][i][j]) / (1.0 + BASE[s][i][j]);
                    cost_of_base[s][i][j] * (kappa * cost(i, s)).powf(-THETA[s])
                };
                let total = sum::<N>(pull);
                next[j][s] = total.powf(-1.0 / THETA[s]);
                (0..N).for_each(|i| share[s][i][j] = pull(i) / total);
            }
        }
        price = next;
    }
    (price, share)
}

/// Spending at given wages and shares: incomes and inputs in turn until neither moves.
fn spend(
    wage: &[f64; N],
    share: &Flows,
    alpha: &[[f64; S]; N],
    labour: &[f64; N],
    deficit: &[f64; N],
) -> Flows {
    let mut flows = TRADE;
    for _ in 0..1_500 {
        let mut next = flows;
        for j in 0..N {
            let revenue = sum::<S>(|s| sum::<N>(|i| AFTER[s][i][j] * flows[s][i][j]));
            let income = wage[j] * labour[j] + revenue + deficit[j];
            for s in 0..S {
                let bought = sum::<S>(|k| input(j, s, k) * output(&flows, j, k)) + alpha[j][s] * income;
                (0..N).for_each(|i| next[s][i][j] = share[s][i][j] * bought / (1.0 + AFTER[s][i][j]));
            }
        }
        flows = next;
    }
    flows
}

/// Tâtonnement over wages, kept at a constant world value added.
fn tatonnement() -> (Levels, [f64; N], [f64; N]) {
    let labour: [f64; N] = std::array::from_fn(|n| sum::<S>(|s| VALUE_ADDED[n][s] * output(&TRADE, n, s)));
    let deficit: [f64; N] = std::array::from_fn(|n| {
        sum::<S>(|s| sum::<N>(|i| TRADE[s][i][n])) - sum::<S>(|s| output(&TRADE, n, s))
    });
    let income: [f64; N] = std::array::from_fn(|n| {
        labour[n] + sum::<S>(|s| sum::<N>(|i| BASE[s][i][n] * TRADE[s][i][n])) + deficit[n]
    });
    let alpha: [[f64; S]; N] = std::array::from_fn(|n| {
        std::array::from_fn(|s| {
            (spending(&TRADE, &BASE, n, s) - sum::<S>(|k| input(n, s, k) * output(&TRADE, n, k))) / income[n]
        })
    });
    let mut share = TRADE;
    for s in 0..S {
        for j in 0..N {
            let total = spending(&TRADE, &BASE, j, s);
            (0..N).for_each(|i| share[s][i][j] = TRADE[s][i][j] * (1.0 + BASE[s][i][j]) / total);
        }
    }
    let mut now = Levels { wage: [1.0; N], price: [[1.0; S]; N], trade: TRADE };
    for _ in 0..250 {
        let (price, shares) = prices(&now.wage, &share);
        now.price = price;
        now.trade = spend(&now.wage, &shares, &alpha, &labour, &deficit);
        let demanded = |n: usize| sum::<S>(|s| VALUE_ADDED[n][s] * output(&now.trade, n, s));
        let moved: [f64; N] =
            std::array::from_fn(|n| now.wage[n] * (demanded(n) / (now.wage[n] * labour[n])).powf(0.35));
        let world = sum::<N>(|n| moved[n] * labour[n]) / labour.iter().sum::<f64>();
        now.wage = moved.map(|wage| wage / world);
    }
    (now, deficit, income)
}

fn near(what: &str, given: f64, expected: f64, tolerance: f64) {
    assert!(
        (given - expected).abs() <= tolerance * (1.0 + expected.abs()),
        "{what}: {given} is not {expected}"
    );
}

#[test]
fn caliendo_parro_with_deficits_is_where_trying_wages_out_ends() {
    let economy = caliendo_parro();
    let after = economy.solve(&nested(&AFTER)).unwrap();
    let (levels, deficit, income) = tatonnement();
    assert!(deficit[0] > 100.0 && deficit[1] < -100.0, "the case is about deficits: {deficit:?}");
    for n in 0..N {
        near("deficit of the base year", economy.deficit()[n], deficit[n], 1e-12);
        near("wage", after.wage_hat[n], levels.wage[n], 1e-9);
        let mut index = 1.0;
        for s in 0..S {
            near("price", after.sector_price_hat[n][s], levels.price[n][s], 1e-9);
            index *= levels.price[n][s].powf(economy.alpha()[n][s]);
        }
        let revenue = sum::<S>(|s| sum::<N>(|i| AFTER[s][i][n] * levels.trade[s][i][n]));
        let spent = levels.wage[n] * economy.value_added()[n] + revenue + deficit[n];
        near("welfare", after.welfare_hat[n], spent / income[n] / index, 1e-9);
        near("revenue", after.tariff_revenue[n], revenue, 1e-9);
        for (s, i) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
            near("trade", after.trade[s][i][n], levels.trade[s][i][n], 1e-9);
        }
        let imports = sum::<S>(|s| sum::<N>(|i| after.trade[s][i][n]));
        let exports = sum::<S>(|s| after.trade[s][n].iter().sum());
        near("the deficit stays what it is", imports - exports, deficit[n], 1e-9);
    }
}

const R: usize = 4;
const ABROAD: [[f64; R]; R] =
    [[0.0, 30.0, 55.0, 20.0], [90.0, 0.0, 60.0, 35.0], [70.0, 40.0, 0.0, 25.0], [15.0, 22.0, 18.0, 0.0]];
const GDP: [f64; R] = [900.0, 700.0, 800.0, 250.0];
const SERVICES: [f64; R] = [0.28, 0.12, 0.15, 0.2];
const ADDED: [[f64; R]; R] = [[0.0, 0.3, 0.0, 0.0], [0.5, 0.0, 0.0, 0.0], [0.1, 0.0, 0.0, 0.0], [0.0; R]];
const EPS: f64 = 3.2;
const KAPPA: f64 = 0.6;
const PSI: f64 = 0.2;

fn rows(table: [[f64; R]; R]) -> Vec<Vec<f64>> {
    table.map(|row| row.to_vec()).to_vec()
}

/// A world of four regions while wages, spending and work are tried out.
struct World {
    /// Trade of the base year, domestic sales on the diagonal.
    base: Vec<Vec<f64>>,
    spent: [f64; R],
    earned: [f64; R],
    handed_out: bool,
    wage: [f64; R],
    spending: [f64; R],
    work: [f64; R],
    price: [f64; R],
    trade: Vec<Vec<f64>>,
    tax_cut: [f64; R],
}

impl World {
    fn new(base: &[Vec<f64>], handed_out: bool) -> Self {
        let spent: [f64; R] = std::array::from_fn(|i| sum::<R>(|j| base[j][i]));
        let sold = |j: usize| sum::<R>(|i| (1.0 - SERVICES[i]) * base[j][i]);
        let ones = [1.0; R];
        Self {
            earned: std::array::from_fn(|j| sold(j) + SERVICES[j] * spent[j]),
            spent,
            handed_out,
            wage: ones,
            spending: ones,
            work: ones,
            price: ones,
            trade: base.to_vec(),
            tax_cut: [0.0; R],
            base: base.to_vec(),
        }
    }

    fn income(&self, i: usize) -> f64 {
        self.wage[i] * self.work[i] * self.earned[i]
    }

    /// Prices and trade at given wages, spending and work.
    fn shop(&mut self) {
        for i in 0..R {
            let phi = (1.0 + PSI * SERVICES[i]) / (1.0 - SERVICES[i]);
            let pull: [f64; R] = std::array::from_fn(|j| {
                let cost = self.wage[j] / self.work[j].powf(PSI) * (1.0 + ADDED[j][i]).powf(phi);
                self.base[j][i] / self.spent[i] * cost.powf(-EPS)
            });
            let total: f64 = pull.iter().sum();
            self.price[i] = (self.spending[i] / self.wage[i]).powf(1.0 - phi) * total.powf(-1.0 / EPS);
            for j in 0..R {
                let paid = pull[j] / total * self.spending[i] * self.spent[i];
                self.trade[j][i] = paid / (1.0 + ADDED[j][i]);
            }
        }
    }

    /// A small step of wages, spending and work towards what each should be.
    fn adjust(&mut self) {
        let world = sum::<R>(|i| self.income(i)) / self.earned.iter().sum::<f64>();
        for i in 0..R {
            let revenue = sum::<R>(|j| ADDED[j][i] * self.trade[j][i]);
            self.tax_cut[i] = if self.handed_out { 0.0 } else { revenue / self.income(i) };
            let sold = sum::<R>(|k| (1.0 - SERVICES[k]) * self.trade[i][k]);
            let sales = sold + SERVICES[i] * sum::<R>(|k| self.trade[k][i]);
            let wealth = revenue + self.income(i) + (self.spent[i] - self.earned[i]) * world;
            let work = (self.wage[i] / (self.price[i] * (1.0 - self.tax_cut[i]))).powf(KAPPA);
            let pay = sales / self.income(i);
            self.spending[i] *= (wealth / (self.spending[i] * self.spent[i])).powf(0.2);
            self.work[i] *= (work / self.work[i]).powf(0.2);
            self.wage[i] *= pay.powf(0.1);
        }
        let dear = sum::<R>(|i| self.price[i] * self.spent[i]) / self.spent.iter().sum::<f64>();
        self.wage = self.wage.map(|wage| wage / dear);
        self.spending = self.spending.map(|spending| spending / dear);
    }

    fn welfare(&self, i: usize) -> f64 {
        let work = KAPPA * (1.0 - self.tax_cut[i]) * self.earned[i] / (1.0 + KAPPA);
        let delta = self.spent[i] / (self.spent[i] - work);
        (delta * self.spending[i] + (1.0 - delta) * self.wage[i] * self.work[i]) / self.price[i]
    }
}

/// Four regions, each with services of its own; one raises tariffs on two, one answers.
#[test]
fn deficit_ge_is_where_trying_wages_spending_and_work_out_ends() {
    let economy = deficit_ge::Economy::new(deficit_ge::Data {
        trade: rows(ABROAD),
        gdp: GDP.to_vec(),
        nu: SERVICES.to_vec(),
        parameters: deficit_ge::Parameters { eps: EPS, kappa: KAPPA, psi: PSI },
    })
    .unwrap();
    for rebate in [deficit_ge::Rebate::IncomeTax, deficit_ge::Rebate::LumpSum] {
        let after = economy.solve(&rows(ADDED), rebate).unwrap();
        let mut world = World::new(economy.trade(), rebate == deficit_ge::Rebate::LumpSum);
        for _ in 0..20_000 {
            world.shop();
            world.adjust();
        }
        for i in 0..R {
            near("wage", after.wage_hat[i], world.wage[i], 1e-8);
            near("spending", after.expenditure_hat[i], world.spending[i], 1e-8);
            near("work", after.employment_pct[i], 100.0 * (world.work[i] - 1.0), 1e-7);
            near("price", after.price_index_pct[i], 100.0 * (world.price[i] - 1.0), 1e-7);
            near("welfare", after.welfare_pct[i], 100.0 * (world.welfare(i) - 1.0), 1e-7);
            (0..R).for_each(|j| near("trade", after.trade[j][i], world.trade[j][i], 1e-8));
        }
    }
}
