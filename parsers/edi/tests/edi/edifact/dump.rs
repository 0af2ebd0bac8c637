#[test]
fn dump() {
    let Ok(list) = std::env::var("DUMP") else { return };
    for path in list.split(',') {
        println!("== {path}");
        let bytes = std::fs::read(format!("/work/shared/samples/edifact/{path}")).unwrap();
        for f in super::read(&bytes).findings.iter().take(14) {
            println!("{} :: {}", super::told(f), f.message);
        }
    }
}
