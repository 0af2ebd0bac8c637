//! Traces by OTLP, in builds with the feature `otlp`: a collector of the test gets the spans of an order's jobs.

use super::*;
use crate::harness::x12::order;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

/// Where the collector is, and the bodies that it got.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (got, bodies) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut line, mut head) = (String::new(), String::new());
            while stream.read_line(&mut line).unwrap() > 2 {
                head += &std::mem::take(&mut line).to_lowercase();
            }
            assert!(head.starts_with("post /v1/traces "), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
            if got.send(body).is_err() {
                return;
            }
        }
    });
    (url, bodies)
}

#[test]
fn the_spans_of_every_job_go_to_the_collector_with_their_facts() {
    let (url, bodies) = collector();
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.add(&format!("[log]\notlp = \"{url}\""));
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    erp.wait_effects(1);
    gateway.stop();
    let wanted = ["portway", "process", "deliver", "acme", "erp"];
    let mut text = String::new();
    while !wanted.iter().all(|word| text.contains(word)) {
        let body = bodies.recv_timeout(DEADLINE).unwrap_or_else(|e| panic!("{e}: {text}"));
        text += &String::from_utf8_lossy(&body);
    }
}
