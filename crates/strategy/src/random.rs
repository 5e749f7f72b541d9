use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tariff::PartyId;

/// What makes the randomness of a party in one talk its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// The seed of the run.
    pub seed: u64,
    /// The ordinal of the talk within the run, from 0.
    pub talk: u64,
}

/// The random numbers of one turn: ChaCha8 (Bernstein 2008) under the key
/// `seed ‖ talk ‖ party` (8, 8 and 16 bytes, little-endian, the name padded with zeros), its stream
/// being the turn. No generator runs on from turn to turn, so a turn draws the same numbers whether
/// or not the turns before it were lived through.
#[derive(Debug, Clone)]
pub struct TurnRng(ChaCha8Rng);

impl TurnRng {
    /// The numbers of a party's turn in this round.
    #[must_use]
    pub fn new(seed: Seed, party: &PartyId, round: u32) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.seed.to_le_bytes());
        key[8..16].copy_from_slice(&seed.talk.to_le_bytes());
        // A party's name has at most 16 letters, so no two of them share a key.
        key[16..].iter_mut().zip(party.as_str().bytes()).for_each(|(to, from)| *to = from);
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(u64::from(round));
        Self(rng)
    }

    /// The next uniform 64-bit number.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `bound`; 0 if `bound` is 0. Uniform to within `bound`·2⁻⁶⁴.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next_u64()) * bound as u128) >> 64) as usize
    }
}
