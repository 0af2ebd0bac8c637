//! `record!`: a struct of a canonical document, written as a table of its fields.
//!
//! Each field says how often it occurs: `one` is always there in what we write, `opt` may be absent, `many` is a list. What is read may
//! lack any: our own systems need not repeat codes beside words, and what a set cannot do without is told by its schema. The macro adds the derives
//! and keeps absent fields and empty lists out of the JSON, so that no field can forget to. Doc comments become the descriptions
//! of the JSON Schema.
//!
//! ```ignore
//! record! {
//!     /// A person or a desk.
//!     pub struct Contact {
//!         /// PER01.
//!         one role_code: String,
//!         opt name: String,
//!         many channels: Channel,
//!     }
//! }
//! ```

macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        record! { @fields [$(#[$meta])* pub struct $name] [] $($fields)* }
    };
    (@fields [$($head:tt)*] [$($done:tt)*] $(#[$meta:meta])* one $field:ident: $type:ty, $($rest:tt)*) => {
        record! { @fields [$($head)*] [$($done)* $(#[$meta])* #[serde(default)] pub $field: $type,] $($rest)* }
    };
    (@fields [$($head:tt)*] [$($done:tt)*] $(#[$meta:meta])* opt $field:ident: $type:ty, $($rest:tt)*) => {
        record! {
            @fields [$($head)*]
            [$($done)* $(#[$meta])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,]
            $($rest)*
        }
    };
    (@fields [$($head:tt)*] [$($done:tt)*] $(#[$meta:meta])* many $field:ident: $type:ty, $($rest:tt)*) => {
        record! {
            @fields [$($head)*]
            [$($done)* $(#[$meta])* #[serde(default, skip_serializing_if = "Vec::is_empty")] pub $field: Vec<$type>,]
            $($rest)*
        }
    };
    (@fields [$($head:tt)*] [$($done:tt)*]) => {
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        $($head)* { $($done)* }
    };
}

/// `vocabulary!`: a closed list of words, with `other` for codes that have no word yet. Readers of older versions take a word
/// they do not know as `other` too.
macro_rules! vocabulary {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$word_meta:meta])* $word:ident,)* }) => {
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        $(#[$meta])*
        pub enum $name {
            $($(#[$word_meta])* $word,)*
            /// No word for this code; the code itself stands beside.
            #[default]
            #[serde(other)]
            Other,
        }
    };
}
