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

        /// The tables by name, each with the words it has codes for.
        pub(crate) const TABLES: &[(&str, fn() -> Vec<String>)] = &[$(
            ($table, || $crate::mapping::words::<$word>())
        ),*];

        /// What stands above each table (the numbers of its elements first), and the codes it writes.
        #[cfg(test)]
        pub(crate) const WRITTEN: &[(&str, &[&str])] =
            &[$((concat!(stringify!($name), " ", $(stringify!($meta)),*), &[$([$($code),+][0]),*])),*];
    };
}
pub(crate) use codes;

/// All words of a vocabulary but `other`, as the JSON has them.
pub(crate) fn words<T: schemars::JsonSchema>() -> Vec<String> {
    fn collect(value: &serde_json::Value, words: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(word) = map.get("const").and_then(serde_json::Value::as_str) {
                    words.push(word.to_owned());
                }
                for word in map.get("enum").and_then(serde_json::Value::as_array).into_iter().flatten() {
                    words.extend(word.as_str().map(str::to_owned));
                }
                map.values().for_each(|value| collect(value, words));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| collect(value, words)),
            _ => {}
        }
    }
    let mut list = Vec::new();
    collect(&schemars::schema_for!(T).to_value(), &mut list);
    list.retain(|word| word != "other");
    list
}

#[cfg(test)]
pub(crate) mod tests {
    use portway_edi::schema::Schema;

    /// The codes written that the lists of a version lack: table and code. Tables of elements without a list are left out.
    pub(crate) fn lacking(schema: &Schema, tables: &[(&'static str, &[&'static str])]) -> Vec<String> {
        let elements = &schema.dictionary().elements;
        let mut lacking = Vec::new();
        for (head, codes) in tables {
            let name = head.split_whitespace().next().unwrap_or_default();
            let first_sentence = head.split_once(". ").map_or(*head, |(first, _)| first);
            let numbers = first_sentence.split(|c: char| !c.is_ascii_digit());
            let of = |number: &str| elements.iter().find(|e| e.id == number).and_then(|e| e.codes.as_ref());
            let lists: Vec<_> = numbers.filter_map(of).collect();
            let is_there = |code: &str| lists.iter().any(|list| list.contains(code.as_bytes()));
            lacking.extend(
                codes
                    .iter()
                    .filter(|code| !lists.is_empty() && !is_there(code))
                    .map(|code| format!("{name} {code}")),
            );
        }
        lacking.sort();
        lacking.dedup();
        lacking
    }
}
