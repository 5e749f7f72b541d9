//! Signatures in one column: each one's key id and bytes, both after their length as a big-endian u32.

use bytes::Bytes;

use crate::Signature;

/// `None` when there are none, so that the column stays empty.
pub(super) fn encode(signatures: &[Signature]) -> Option<Vec<u8>> {
    if signatures.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    for signature in signatures {
        for part in [signature.key_id.as_bytes(), &signature.bytes] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            bytes.extend(length.to_be_bytes());
            bytes.extend_from_slice(part);
        }
    }
    Some(bytes)
}

/// `None` if the bytes are not of this form.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<Signature>> {
    let mut signatures = Vec::new();
    while !bytes.is_empty() {
        let key_id = std::str::from_utf8(part(&mut bytes)?).ok()?.to_owned();
        let signature = Bytes::copy_from_slice(part(&mut bytes)?);
        signatures.push(Signature { key_id, bytes: signature });
    }
    Some(signatures)
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(parts in proptest::collection::vec((".{0,9}", any::<Vec<u8>>()), 1..4)) {
            let given: Vec<_> = parts
                .into_iter()
                .map(|(key_id, bytes)| Signature { key_id, bytes: bytes.into() })
                .collect();
            prop_assert_eq!(decode(&encode(&given).unwrap()).unwrap(), given);
        }

        #[test]
        fn any_bytes_decode_or_not_without_a_panic(bytes: Vec<u8>) {
            decode(&bytes);
        }
    }
}
