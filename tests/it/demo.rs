//! `portway demo` is the first thing anybody runs.

use std::process::{Command, Stdio};

#[test]
fn the_demo_runs_through_and_shows_each_step() {
    let done = Command::new(env!("CARGO_BIN_EXE_portway")).arg("demo").stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&done.stderr));
    for shown in [
        "the ERP failed the first time and has it now; signature checked",
        "850 4500123 from greenfield: done",
        "AK5*A~",
        // The finding on the broken one points at the element.
        "error[X1207]: PO103 'XQ' is not in the code list",
        "850 4500124 from greenfield: rejected (invalid)",
        "AK4*3*355*7*XQ~",
        "AK5*R*5~",
        "Subject: [Portway] greenfield: 850 4500124 was rejected (invalid)",
        "Where to look next",
    ] {
        assert!(text.contains(shown), "{shown:?} is not in\n{text}");
    }
}
