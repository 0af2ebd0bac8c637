//! `kill -9` around the status of CLOSE and RENAME: without the status nothing is certain, and the client sends the same again.

use super::*;

/// The gateway dies at `point` while Acme puts an order, as `way` has it; Acme comes again with the same.
#[track_caller]
fn killed_at(point: &str, batch: impl Fn(&str) -> String, committed: bool) {
    let (erp, site, key) = scene("");
    let mut gateway = site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
    let file = site.path("po.edi");
    std::fs::write(&file, order("4500123", 1).text()).unwrap();
    let batch = batch(&file.display().to_string());
    let first = Supplier::new(&site, &gateway, "acme", &key).sftp(&batch);
    assert!(!first.status.success(), "{point}: {}", said(&first));
    gateway.ended();
    drop(gateway);
    let there = site.database().count("message WHERE direction = 'in'");
    assert_eq!(there, usize::from(committed), "{point}");
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    house.acme.sftp_fine(&batch);
    house.once("4500123");
    assert_eq!(house.messages(), ["sftp po.edi"], "{point}");
    let listed: Vec<String> = house.acme.paramiko().list("/in").into_iter().map(|(name, _)| name).collect();
    assert_eq!(listed, Vec::<String>::new(), "{point}: nothing is left over");
    house.gateway.stop();
}

fn put(file: &str) -> String {
    format!("put {file} /in/po.edi")
}

fn put_and_rename(file: &str) -> String {
    format!("put {file} /in/po.edi.part\nrename /in/po.edi.part /in/po.edi")
}

#[test]
fn killed_before_the_file_was_whole() {
    killed_at("sftp.close", put, false);
}

#[test]
fn killed_when_the_file_was_whole_and_not_committed() {
    killed_at("sftp.whole", put, false);
    killed_at("sftp.whole", put_and_rename, false);
}

#[test]
fn killed_after_the_commit_and_before_the_status() {
    killed_at("accept.committed", put, true);
    killed_at("sftp.committed", put, true);
    killed_at("sftp.committed", put_and_rename, true);
}

#[test]
fn killed_when_an_answer_was_read_and_not_yet_noted_as_sent() {
    let (erp, site, key) = scene("delete_after_read = true");
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let file = house.file("po.edi", &order("4500123", 1).text());
    house.acme.sftp_fine(&put(&file));
    let name = house.out(1).remove(0);
    let House { erp, site, gateway, .. } = house;
    gateway.stop();
    let mut gateway = site.start_with(&[("PORTWAY_FAULT", "sftp.read:kill:1")]);
    let here = site.path("answer.edi");
    let get = format!("get /out/{name} {}", here.display());
    assert!(!Supplier::new(&site, &gateway, "acme", &key).sftp(&get).status.success());
    gateway.ended();
    drop(gateway);
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    assert_eq!(house.out(1), [name]);
    house.acme.sftp_fine(&get);
    assert_eq!(Acknowledgement::read(&std::fs::read(&here).unwrap()).only(), ("A", "A"));
    house.rows("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    house.gateway.stop();
}
