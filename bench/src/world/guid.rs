//! Ids. Each object has a number, and its id follows from the number, so nobody needs a table to name another object.

/// What an id belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Tenant = 1,
    User,
    Group,
    Role,
    App,
    Client,
    Location,
    Device,
    Policy,
    Terms,
    Strength,
}

/// The id of an object. It looks random, as real ones do: engines compare ids, and a common beginning would slow them down.
pub(crate) fn guid(kind: Kind, number: u32) -> String {
    let seed = ((kind as u64) << 32) | u64::from(number);
    let (high, low) = (mixed(seed), mixed(!seed));
    format!("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff, low >> 52, low & 0xffff_ffff_ffff)
}

/// A number in which every bit depends on every bit of the seed.
fn mixed(seed: u64) -> u64 {
    let mut value = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
