//! A number for every sector, exporter and importer.

/// One number per sector, exporter and importer: trade flows, tariffs, shares.
///
/// Written out it is nested as `[sector][exporter][importer]`, the order of the literature.
#[derive(Debug, Clone, PartialEq)]
pub struct Bilateral {
    sectors: usize,
    regions: usize,
    values: Vec<f64>,
}

impl Bilateral {
    /// The same number everywhere.
    #[must_use]
    pub fn filled(sectors: usize, regions: usize, value: f64) -> Self {
        Self { sectors, regions, values: vec![value; sectors * regions * regions] }
    }

    /// From `[sector][exporter][importer]`; none where the sectors are not squares of one size.
    #[must_use]
    pub fn from_nested(nested: &[Vec<Vec<f64>>]) -> Option<Self> {
        let regions = nested.first().map_or(0, Vec::len);
        let square = |sector: &Vec<Vec<f64>>| {
            sector.len() == regions && sector.iter().all(|exporter| exporter.len() == regions)
        };
        nested.iter().all(square).then(|| Self::of(nested))
    }

    /// As [`Self::from_nested`], for an array whose shape is known to be right.
    pub(crate) fn of(nested: &[Vec<Vec<f64>>]) -> Self {
        Self {
            sectors: nested.len(),
            regions: nested.first().map_or(0, Vec::len),
            values: nested.iter().flatten().flatten().copied().collect(),
        }
    }

    /// As `[sector][exporter][importer]`.
    #[must_use]
    pub fn nested(&self) -> Vec<Vec<Vec<f64>>> {
        let row = |s: usize, i: usize| self.row(s, i).to_vec();
        (0..self.sectors).map(|s| (0..self.regions).map(|i| row(s, i)).collect()).collect()
    }

    /// How many sectors.
    #[must_use]
    pub fn sectors(&self) -> usize {
        self.sectors
    }

    /// How many regions, each an exporter and an importer.
    #[must_use]
    pub fn regions(&self) -> usize {
        self.regions
    }

    /// Every number in order: sector, then exporter, then importer.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The number of one sector, exporter and importer; none outside.
    #[must_use]
    pub fn get(&self, sector: usize, exporter: usize, importer: usize) -> Option<f64> {
        let inside = sector < self.sectors && exporter < self.regions && importer < self.regions;
        inside.then(|| self.at(sector, exporter, importer))
    }

    /// Sets the number of one sector, exporter and importer; says whether there is such a place.
    pub fn set(&mut self, sector: usize, exporter: usize, importer: usize, value: f64) -> bool {
        let inside = sector < self.sectors && exporter < self.regions && importer < self.regions;
        if inside {
            let place = self.place(sector, exporter, importer);
            self.values[place] = value;
        }
        inside
    }

    /// Every (sector, exporter, importer), in the order of [`Self::values`].
    pub fn places(&self) -> impl Iterator<Item = (usize, usize, usize)> + use<> {
        let (sectors, n) = (self.sectors, self.regions);
        (0..sectors).flat_map(move |s| (0..n).flat_map(move |i| (0..n).map(move |j| (s, i, j))))
    }

    /// As [`Self::get`], for places that are known to exist.
    pub(crate) fn at(&self, sector: usize, exporter: usize, importer: usize) -> f64 {
        self.values[self.place(sector, exporter, importer)]
    }

    /// What one exporter sells in one sector, by importer.
    pub(crate) fn row(&self, sector: usize, exporter: usize) -> &[f64] {
        let start = self.place(sector, exporter, 0);
        &self.values[start..start + self.regions]
    }

    pub(crate) fn row_mut(&mut self, sector: usize, exporter: usize) -> &mut [f64] {
        let start = self.place(sector, exporter, 0);
        &mut self.values[start..start + self.regions]
    }

    /// Number by number with another of the same shape.
    pub(crate) fn zip(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.values.iter().zip(&other.values);
        let values = pairs.map(|(a, b)| combine(*a, *b)).collect();
        Self { sectors: self.sectors, regions: self.regions, values }
    }

    /// Each number through a function.
    pub(crate) fn map(&self, apply: impl Fn(f64) -> f64) -> Self {
        let values = self.values.iter().copied().map(apply).collect();
        Self { sectors: self.sectors, regions: self.regions, values }
    }

    /// Each number through a function that knows its sector.
    pub(crate) fn map_by_sector(&self, apply: impl Fn(usize, f64) -> f64) -> Self {
        let sector = self.regions * self.regions;
        let values = self.values.iter().enumerate().map(|(place, value)| apply(place / sector, *value));
        Self { sectors: self.sectors, regions: self.regions, values: values.collect() }
    }

    fn place(&self, sector: usize, exporter: usize, importer: usize) -> usize {
        (sector * self.regions + exporter) * self.regions + importer
    }
}
