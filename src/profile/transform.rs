//! A partner's transform: a jq program from canonical JSON to what one side wants to see.
//!
//! Promises: the same input gives the same output, always: a program can read no clock, no environment and no file. It runs to its
//! first output, which must be the only one. A program that does not compile is a problem of the profile, with its place in the
//! program; one that fails on a document is an error of that document.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data};
use jaq_json::Val;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// What programs may not call: the result would depend on more than the document.
const NOT_HERE: [&str; 2] = ["env", "now"];

/// A compiled program. Cheap to clone.
#[derive(Clone)]
pub struct Transform {
    text: String,
    filter: Arc<jaq_core::Filter<data::JustLut<Val>>>,
}

impl Transform {
    /// Compiles a jq program.
    ///
    /// # Errors
    /// What is wrong with it, and where in the program.
    pub fn compile(text: &str) -> Result<Transform, String> {
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let functions = functions.filter(|(name, ..)| !NOT_HERE.contains(name));
        let arena = Arena::default();
        let modules =
            Loader::new(definitions).load(&arena, File { code: text, path: () }).map_err(|errors| {
                errors.into_iter().map(|(file, error)| loading(file.code, error)).collect::<String>()
            })?;
        let filter = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            let undefined = errors.into_iter().flat_map(|(file, errors)| {
                let code = file.code;
                errors.into_iter().map(move |(name, kind)| {
                    format!("{}: there is no {} `{name}`", place(code, name), kind.as_str())
                })
            });
            undefined.collect::<Vec<_>>().join("; ")
        })?;
        Ok(Transform { text: text.to_owned(), filter: Arc::new(filter) })
    }

    /// The program.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document as the program makes it.
    ///
    /// # Errors
    /// The program failed, gave nothing, or gave several documents: in words.
    pub fn run(&self, document: &str) -> Result<Value, String> {
        let input = jaq_json::read::parse_single(document.as_bytes()).map_err(|e| format!("no JSON: {e}"))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut outputs = self.filter.id.run((context, input));
        let Some(first) = outputs.next() else { return Err("the transform gives no document".to_owned()) };
        let first = match first {
            Ok(value) => value,
            Err(exception) => return Err(raised(exception)),
        };
        if outputs.next().is_some() {
            return Err("the transform gives more than one document".to_owned());
        }
        serde_json::from_str(&first.to_string()).map_err(|e| format!("the transform gives no JSON: {e}"))
    }
}

fn raised(exception: jaq_core::Exn<Val>) -> String {
    match exception.get_err() {
        Ok(error) => format!("the transform fails: {error}"),
        Err(_) => "the transform ends without a document".to_owned(),
    }
}

fn loading(code: &str, error: jaq_core::load::Error<&str>) -> String {
    use jaq_core::load::Error;
    let list = match error {
        Error::Io(errors) => errors.into_iter().map(|(path, e)| format!("{path}: {e}")).collect::<Vec<_>>(),
        Error::Lex(errors) => errors
            .into_iter()
            .map(|(expected, at)| format!("{}: {} is missing", place(code, at), expected.as_str()))
            .collect(),
        Error::Parse(errors) => errors
            .into_iter()
            .map(|(expected, at)| format!("{}: {} was expected", place(code, at), expected.as_str()))
            .collect(),
    };
    list.join("; ")
}

/// `line 2, column 7`; `at` is a part of `code`.
fn place(code: &str, at: &str) -> String {
    let start = jaq_core::load::span(code, at).start.min(code.len());
    let before = code.get(..start).unwrap_or(code);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    format!("line {line}, column {column}")
}

impl fmt::Debug for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transform").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_changes_a_document() {
        let transform = Transform::compile(".number |= \"PO-\" + . | del(.notes)").unwrap();
        let out = transform.run(r#"{"number":"7","price":"12.50","notes":[1]}"#).unwrap();
        assert_eq!(out, serde_json::json!({"number": "PO-7", "price": "12.50"}));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = |text| Transform::compile(text).unwrap_err();
        assert!(error(".number |= \"a\"\n | nosuch").starts_with("line 2, column 4:"), "{}", error("nosuch"));
        assert!(error("{ a: 1").contains("line 1"), "{}", error("{ a: 1"));
        assert!(error("now").contains("no filter"), "a program reads no clock");
        assert!(error("env").contains("no filter"));
        assert!(Transform::compile("$ENV").is_err());
    }

    #[test]
    fn one_document_comes_out_or_an_error() {
        let run = |text: &str| Transform::compile(text).unwrap().run("{}").unwrap_err();
        assert!(run("empty").contains("no document"));
        assert!(run("1, 2").contains("more than one"));
        assert!(run("error(\"bad\")").contains("bad"));
        assert!(run("halt").contains("without a document"));
    }

    fn is_shared<T: Send + Sync>() {}

    #[test]
    fn threads_may_share_it() {
        is_shared::<Transform>();
    }
}
