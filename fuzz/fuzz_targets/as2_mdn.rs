#![no_main]
#[path = "../as2_mdn.rs"]
mod as2;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| as2::as2_mdn(bytes));
