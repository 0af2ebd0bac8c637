//! Code tables: a partner's code and our word, in both directions.
//!
//! One table a data element. A code without a word becomes `other`; the code itself is always kept beside it, so a missing word
//! loses nothing. Several codes may mean the same word: the first is the one that is written. Adding a word: its line in the
//! table, and the word in the vocabulary of the block.

/// A code table. `name` is what a partner profile calls it.
pub(crate) struct Codes<T: 'static> {
    pub name: &'static str,
    /// The word of a code; `other` where the table has none.
    pub word: fn(&str) -> T,
    /// The code of a word, the first of the table; `None` for `other` and for words the standard has no code for.
    pub code: fn(T) -> Option<&'static str>,
}

/// Declares code tables.
macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident($table:literal): $word:ty { $($($code:literal)|+ => $is:ident,)* })*) => {
        $(
            $(#[$meta])*
            pub(crate) const $name: $crate::mapping::Codes<$word> = $crate::mapping::Codes {
                name: $table,
                word: |code| {
                    #[allow(unreachable_patterns)]
                    match code {
                        $($($code)|+ => <$word>::$is,)*
                        _ => <$word>::Other,
                    }
                },
                code: |word| {
                    // Of several codes for one word the first counts.
                    #[allow(unreachable_patterns)]
                    match word {
                        $(<$word>::$is => Some([$($code),+][0]),)*
                        _ => None,
                    }
                },
            };
        )*
    };
}
pub(crate) use codes;
