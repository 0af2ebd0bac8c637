#![no_main]
#[path = "../flat_read.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::flat_read(bytes));
