//! Opaque server text.

use doorward_model::rng::SeededRng;
use doorward_wire::seal::Sealer;

fn sealer(key: u8) -> Sealer {
    Sealer::new(&[key; 32]).unwrap()
}

#[test]
fn what_is_sealed_opens_for_the_same_purpose_and_key_alone() {
    let sealed = sealer(1).seal_text(&SeededRng::new(1), b"cookie", b"content").unwrap();
    assert_eq!(sealer(1).open_text(b"cookie", &sealed).unwrap(), b"content");
    assert_eq!(sealer(1).open_text(b"nonce", &sealed), None);
    assert_eq!(sealer(2).open_text(b"cookie", &sealed), None);
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let sealed = sealer(1).seal(&SeededRng::new(1), b"", b"content").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut other = sealed.clone();
        other[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(sealer(1).open(b"", &other), None, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(sealer(1).open(b"", &sealed[..length]), None, "length {length}");
    }
}

#[test]
fn the_same_content_is_never_sealed_alike() {
    let rng = SeededRng::new(1);
    assert_ne!(sealer(1).seal(&rng, b"", b"content").unwrap(), sealer(1).seal(&rng, b"", b"content").unwrap());
}
