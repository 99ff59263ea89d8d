//! A checked product that the SBF code generator can compile.

use crate::error::CoreError;

/// `amount * factor`.
///
/// In two halves: LLVM turns every test of a whole product (`checked_mul`, but also `amount > MAX / factor`) into a
/// 128-bit multiplication, which the SBF code generator does not have. With a 16-bit factor no half can overflow.
///
/// # Errors
/// `overflow` when the product leaves u64.
pub fn checked_product(amount: u64, factor: u16) -> Result<u64, CoreError> {
    const LOW: u64 = u32::MAX as u64;
    let factor = u64::from(factor);
    let low = (amount & LOW) * factor;
    let high = (amount >> 32) * factor + (low >> 32);
    if high > LOW {
        return Err(CoreError::Overflow);
    }
    Ok((high << 32) | (low & LOW))
}

#[cfg(test)]
mod tests {
    use super::checked_product;

    #[test]
    fn it_agrees_with_checked_mul_around_every_limit() {
        for factor in [0, 1, 2, 3, 10, 250, 500, 10_000, u16::MAX] {
            let limit = u64::MAX / u64::from(factor).max(1);
            for amount in
                [0, 1, u64::from(u32::MAX), 1 << 32, limit - 1, limit, limit.saturating_add(1), u64::MAX]
            {
                let expected = amount.checked_mul(u64::from(factor));
                assert_eq!(checked_product(amount, factor).ok(), expected, "{amount} * {factor}");
            }
        }
    }
}
