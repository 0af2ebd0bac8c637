#![no_main]
#[path = "../idoc_read.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::idoc_read(bytes));
