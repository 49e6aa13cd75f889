//! What each policy says to what a sign-in has shown: worked out once for all sign-ins that have shown the same.

use doorward_model::sign_in::DevicePlatform;
use foldhash::HashMap;

use super::asked::{Asked, Demand};
use super::compile::PolicySet;
use super::grant::Standing;
use super::layout::{Rule, Unit};
use super::mask::{Block, Mask, blocks};
use super::sign_in::{ProofClass, Shown};

/// What a policy says of a sign-in to which it applies. A requirement is named by its number, which orders it for prompting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Verdict {
    Satisfied,
    Blocked,
    /// The person can do something about it; this comes first.
    Promptable(u32),
    /// Nobody can.
    Final(u32),
}

/// Which parts of a service policy apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applying {
    App,
    Device,
    Both,
}

/// The verdicts met so far.
#[derive(Debug, Clone)]
pub(super) struct Proofs {
    grants: usize,
    /// For each class those of the grants, then three for each service policy.
    verdicts: Vec<Verdict>,
    width: usize,
    /// For each class the positions of the policies that it does not satisfy.
    open: Vec<Block>,
    blocks: usize,
    shown: HashMap<Shown, ProofClass>,
    classes: HashMap<Vec<Verdict>, ProofClass>,
}

/// The verdicts on one sign-in.
#[derive(Clone, Copy)]
pub(super) struct Proof<'a> {
    verdicts: &'a [Verdict],
    grants: usize,
}

impl Proofs {
    pub(super) fn new(set: &PolicySet) -> Self {
        let grants = set.asked.demands.len();
        let width = grants + set.asked.services.len() * Applying::ALL.len();
        let blocks = blocks(set.entries.len());
        Self { grants, verdicts: Vec::new(), width, open: Vec::new(), blocks, shown: HashMap::default(), classes: HashMap::default() }
    }

    pub(super) fn class(&mut self, shown: Shown, set: &PolicySet, factors: &Mask) -> ProofClass {
        if let Some(class) = self.shown.get(&shown) {
            return *class;
        }
        let verdicts = verdicts(&shown, &set.asked, factors);
        let class = match self.classes.get(&verdicts) {
            Some(class) => *class,
            None => {
                let class = ProofClass(self.classes.len());
                let open = self.proof(&verdicts).open(set);
                self.open.extend_from_slice(open.row());
                self.verdicts.extend_from_slice(&verdicts);
                self.classes.insert(verdicts, class);
                class
            }
        };
        self.shown.insert(shown, class);
        class
    }

    pub(super) fn get(&self, class: ProofClass) -> Proof<'_> {
        let start = class.0 * self.width;
        self.proof(self.verdicts.get(start..start + self.width).unwrap_or_default())
    }

    /// The positions of the policies that are not satisfied, whether they apply or not.
    pub(super) fn open(&self, class: ProofClass) -> &[Block] {
        let start = class.0 * self.blocks;
        self.open.get(start..start + self.blocks).unwrap_or_default()
    }

    fn proof<'a>(&self, verdicts: &'a [Verdict]) -> Proof<'a> {
        Proof { verdicts, grants: self.grants }
    }
}

impl Applying {
    const ALL: [Self; 3] = [Self::App, Self::Device, Self::Both];

    /// App access is the lowest bit, device access the next; at least one of them is set.
    pub(super) fn of_bits(bits: u64) -> Self {
        match bits & 0b11 {
            0b01 => Self::App,
            0b10 => Self::Device,
            _ => Self::Both,
        }
    }
}

impl Proof<'_> {
    pub(super) fn grant(self, grant: usize) -> Verdict {
        // A verdict that is not there, which would be a fault, lets nobody in.
        self.verdicts.get(grant).copied().unwrap_or(Verdict::Blocked)
    }

    pub(super) fn service(self, service: usize, applying: Applying) -> Verdict {
        self.grant(self.grants + service * Applying::ALL.len() + applying as usize)
    }

    fn open(self, set: &PolicySet) -> Mask {
        let is_open = |unit: &&Unit| match unit.rule {
            Rule::Free => false,
            Rule::Grant(grant) => self.grant(grant) != Verdict::Satisfied,
            // One that is satisfied makes up for the other only where both apply, so both are kept for a look at that.
            Rule::Service(service) => {
                [Applying::App, Applying::Device].iter().any(|part| self.service(service, *part) != Verdict::Satisfied)
            }
        };
        Mask::of(set.entries.len(), set.units.iter().filter(is_open).flat_map(|unit| unit.start..unit.end))
    }
}

fn verdicts(shown: &Shown, asked: &Asked, factors: &Mask) -> Vec<Verdict> {
    let standings = asked.requirements.iter().map(|requirement| requirement.standing(shown, factors)).collect();
    let standings = Standings(standings);
    let grants = asked.demands.iter().map(|demand| match demand {
        Demand::Block => Verdict::Blocked,
        Demand::All(requirements) => standings.all(requirements),
        Demand::Any(requirements) => standings.any(requirements),
    });
    let is_windows = shown.device_platform == Some(DevicePlatform::Windows);
    let services = asked.services.iter().flat_map(|service| {
        let device = if is_windows { service.on_windows } else { service.elsewhere };
        // Whoever is targeted by both parts must meet one of them; a device comes before an app in the prompt order.
        [standings.any(&[service.app]), standings.any(&[device]), standings.any(&[device, service.app])]
    });
    grants.chain(services).collect()
}

/// How a sign-in stands to each requirement, by number.
struct Standings(Vec<Standing>);

impl Standings {
    fn of(&self, requirement: usize) -> Standing {
        self.0.get(requirement).copied().unwrap_or(Standing::Final)
    }

    /// One that nobody can do anything about is enough to fail.
    fn all(&self, requirements: &[usize]) -> Verdict {
        let first = |standing: Standing| requirements.iter().copied().find(|requirement| self.of(*requirement) == standing).map(number);
        match (first(Standing::Final), first(Standing::Promptable)) {
            (Some(requirement), _) => Verdict::Final(requirement),
            (None, Some(requirement)) => Verdict::Promptable(requirement),
            (None, None) => Verdict::Satisfied,
        }
    }

    fn any(&self, requirements: &[usize]) -> Verdict {
        let first = |standing: Standing| requirements.iter().copied().find(|requirement| self.of(*requirement) == standing).map(number);
        match (first(Standing::Satisfied), first(Standing::Promptable), first(Standing::Final)) {
            (None, Some(requirement), _) => Verdict::Promptable(requirement),
            (None, None, Some(requirement)) => Verdict::Final(requirement),
            _ => Verdict::Satisfied,
        }
    }
}

/// A requirement's number in the space that a verdict has for it.
fn number(requirement: usize) -> u32 {
    u32::try_from(requirement).unwrap_or(u32::MAX)
}
