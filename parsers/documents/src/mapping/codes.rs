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

/// Where words of a table stand in a document: the field, and what its record hangs in (the end of the path; empty: anywhere).
pub(crate) struct WordField {
    pub within: &'static str,
    pub field: &'static str,
    /// True if the standard has a code for the word.
    pub has_code: fn(&str) -> bool,
}

/// Declares where the words of code tables stand: `"/references" kind REFERENCE_KIND;`.
macro_rules! word_fields {
    ($($within:literal $field:ident $table:ident;)*) => {
        pub(crate) const WORD_FIELDS: &[$crate::mapping::WordField] = &[$(
            $crate::mapping::WordField {
                within: $within,
                field: stringify!($field),
                has_code: |word| $crate::mapping::parse_word(word).and_then($table.code).is_some(),
            }
        ),*];
    };
}
pub(crate) use word_fields;

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
