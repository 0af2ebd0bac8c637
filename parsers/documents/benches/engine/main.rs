//! The EDI engine beside its limits and its peers, in one run: `cargo bench -p portway-documents --bench engine`.
//!
//! ```text
//! cargo bench -p portway-documents --bench engine [--profile dist] -- [MEGABYTES] [ROUNDS] [NAME]     defaults: 200, 5, everything
//! ```
//! Each figure is a process of its own, on one core, which reads a file of generated orders (in the page cache) in blocks of
//! 256 KB, does the work, and says what it counted. The rounds take turns, so that a noisy machine is unfair to all alike;
//! printed are medians of processor time (what the process had a core for) and of the wall clock, start of the process
//! included. It stands in this crate because both the engine and the documents are in its sight.
//!
//! The peers: `memchr` finds terminators only, the limit of anything that looks at every byte; `split` is what one writes
//! by hand; `nom` is a plain splitter of combinators. All cut segments and elements, as ours does, and check nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod orders;

use nom::Parser;
use nom::bytes::complete::{tag, take_till};
use nom::multi::fold_many0;
use nom::sequence::{preceded, terminated};
use orders::Kind;
use portway_documents::Mapped;
use portway_edi::interchange::{Event, Limits, TransactionSet};
use portway_edi::reader::Reader;
use portway_edi::schema::{Loop, Schema};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const BLOCK: usize = 256 << 10;

/// What a run counted.
#[derive(Default, Clone, Copy)]
struct Counted {
    bytes: u64,
    segments: u64,
    elements: u64,
    /// Bytes of all elements: whoever cuts them has to hand them out, not only count separators.
    data: u64,
    /// Bytes of JSON, where it writes any.
    json: u64,
}

struct Contestant {
    name: &'static str,
    kind: Kind,
    run: fn(&mut dyn BufRead) -> Counted,
}

const CONTESTANTS: &[Contestant] = &[
    Contestant { name: "x12: read only", kind: Kind::X12, run: read },
    Contestant { name: "x12: memchr, terminators only", kind: Kind::X12, run: |i| memchr(i, b'~') },
    Contestant { name: "x12: split by hand", kind: Kind::X12, run: |i| split(i, b'~', b'*') },
    Contestant { name: "x12: nom", kind: Kind::X12, run: |i| nom(i, b'~', b'*') },
    Contestant { name: "x12: segments, envelope checked", kind: Kind::X12, run: |i| engine(i, &mut |_| 0) },
    Contestant { name: "x12: and elements", kind: Kind::X12, run: |i| engine(i, &mut elements) },
    Contestant { name: "x12: validated in full", kind: Kind::X12, run: |i| engine(i, &mut validated) },
    Contestant {
        name: "x12: validated, canonical JSON",
        kind: Kind::X12,
        run: |i| canonical_json(i, portway_documents::from_x12),
    },
    Contestant { name: "edifact: memchr, terminators only", kind: Kind::Edifact, run: |i| memchr(i, b'\'') },
    Contestant { name: "edifact: split by hand", kind: Kind::Edifact, run: |i| split(i, b'\'', b'+') },
    Contestant { name: "edifact: nom", kind: Kind::Edifact, run: |i| nom(i, b'\'', b'+') },
    Contestant {
        name: "edifact: segments, envelope checked",
        kind: Kind::Edifact,
        run: |i| engine(i, &mut |_| 0),
    },
    Contestant { name: "edifact: and elements", kind: Kind::Edifact, run: |i| engine(i, &mut elements) },
    Contestant {
        name: "edifact: validated in full",
        kind: Kind::Edifact,
        run: |i| engine(i, &mut validated),
    },
    Contestant {
        name: "edifact: validated, canonical JSON",
        kind: Kind::Edifact,
        run: |i| canonical_json(i, portway_documents::from_edifact),
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("worker") => worker(&arguments[1], arguments.get(2).map(Path::new)),
        Some("generate") => generate(&arguments[1], arguments[2].parse().unwrap()),
        _ => parent(&arguments),
    }
}

/// Prints what it counted, and the processor time and memory it took.
fn worker(name: &str, path: Option<&Path>) {
    let contestant = CONTESTANTS.iter().find(|c| c.name == name).expect("a contestant");
    let counted = match path {
        Some(path) => (contestant.run)(&mut BufReader::with_capacity(BLOCK, File::open(path).unwrap())),
        None => (contestant.run)(&mut BufReader::with_capacity(BLOCK, std::io::stdin())),
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    let scheduled = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: u64 = scheduled.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let Counted { bytes, segments, elements, json, data } = counted;
    std::hint::black_box(data);
    println!("{bytes} {segments} {elements} {json} {nanoseconds} {peak}");
}

fn generate(kind: &str, megabytes: usize) {
    let kind = if kind == "edifact" { Kind::Edifact } else { Kind::X12 };
    write_orders(kind, megabytes, &mut std::io::stdout().lock());
}

fn write_orders(kind: Kind, megabytes: usize, out: &mut impl Write) {
    let mut written = 0;
    for number in 0.. {
        let bytes = orders::interchange(kind, number);
        out.write_all(&bytes).unwrap();
        written += bytes.len();
        if written >= megabytes * 1_000_000 {
            return;
        }
    }
}

/// What a run of one contestant took.
struct Taken {
    counted: [u64; 6],
    wall: f64,
}

fn parent(arguments: &[String]) {
    let number =
        |at: usize, default: usize| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(default);
    let (megabytes, rounds) = (number(0, 200), number(1, 5));
    let wanted = arguments.get(2).map_or("", String::as_str);
    let paths = [(Kind::X12, "x12"), (Kind::Edifact, "edifact")].map(|(kind, name)| {
        let path = std::env::temp_dir().join(format!("portway-bench-{}.{name}", std::process::id()));
        if wanted.is_empty() || wanted.starts_with(name) {
            write_orders(kind, megabytes, &mut std::io::BufWriter::new(File::create(&path).unwrap()));
        }
        path
    });
    let contestants: Vec<&Contestant> = CONTESTANTS.iter().filter(|c| c.name.starts_with(wanted)).collect();
    let mut taken: Vec<Vec<Taken>> = contestants.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (contestant, taken) in contestants.iter().zip(&mut taken) {
            taken.push(run(contestant.name, Some(&paths[contestant.kind as usize]), 0));
        }
    }
    print_table(&contestants, &taken);
    for path in paths {
        let _ = std::fs::remove_file(path);
    }
    println!();
    for name in
        ["x12: validated in full", "x12: validated, canonical JSON"].iter().filter(|n| n.starts_with(wanted))
    {
        let taken = run(name, None, megabytes * 5);
        println!(
            "memory at {} MB, {name}: {:.1} MB",
            taken.counted[0] / 1_000_000,
            taken.counted[5] as f64 / 1000.0
        );
    }
}

/// One process; without a path it reads generated orders from a pipe.
fn run(name: &str, path: Option<&Path>, megabytes: usize) -> Taken {
    let started = Instant::now();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["worker", name]).args(path).stdout(Stdio::piped()).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    if path.is_none() {
        let contestant = CONTESTANTS.iter().find(|c| c.name == name).unwrap();
        write_orders(contestant.kind, megabytes, &mut input);
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let wall = started.elapsed().as_secs_f64();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut numbers = text.split_whitespace().map(|n| n.parse().unwrap());
    Taken { counted: std::array::from_fn(|_| numbers.next().expect("the process failed")), wall }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print_table(contestants: &[&Contestant], taken: &[Vec<Taken>]) {
    println!(
        "| what | MB/s of processor time | MB/s of wall clock | times nom | peak MB | segments, elements |"
    );
    println!("|---|---|---|---|---|---|");
    let speed = |runs: &[Taken], seconds: fn(&Taken) -> f64| {
        median(runs.iter().map(|t| t.counted[0] as f64 / 1e6 / seconds(t)).collect())
    };
    let nom = |kind: Kind| {
        let at = contestants.iter().position(|c| c.kind == kind && c.name.ends_with(": nom"))?;
        Some(speed(&taken[at], |t| t.counted[4] as f64 / 1e9))
    };
    for (contestant, runs) in contestants.iter().zip(taken) {
        let processor = speed(runs, |t| t.counted[4] as f64 / 1e9);
        let wall = speed(runs, |t| t.wall);
        let ratio = nom(contestant.kind).map_or(String::new(), |nom| format!("{:.2}", processor / nom));
        let [bytes, segments, elements, json, _, peak] = runs[0].counted;
        let json = match json {
            0 => String::new(),
            _ => format!(" ({:.0} MB/s of JSON)", processor * json as f64 / bytes as f64),
        };
        println!(
            "| {} | {processor:.0}{json} | {wall:.0} | {ratio} | {:.1} | {segments}, {elements} |",
            contestant.name,
            peak as f64 / 1000.0
        );
    }
}

fn read(input: &mut dyn BufRead) -> Counted {
    let mut counted = Counted::default();
    blocks(input, &mut |block| {
        counted.bytes += block.len() as u64;
        block.len()
    });
    counted
}

/// Hands out blocks; what was not taken comes again, in front of the next one.
fn blocks(input: &mut dyn BufRead, each: &mut dyn FnMut(&[u8]) -> usize) {
    let mut buffer = vec![0; BLOCK];
    let mut filled = 0;
    loop {
        let count = input.read(&mut buffer[filled..]).unwrap();
        if count == 0 {
            return;
        }
        filled += count;
        let taken = each(&buffer[..filled]);
        buffer.copy_within(taken..filled, 0);
        filled -= taken;
    }
}

fn memchr(input: &mut dyn BufRead, terminator: u8) -> Counted {
    let mut counted = Counted::default();
    blocks(input, &mut |block| {
        counted.bytes += block.len() as u64;
        counted.segments += memchr::memchr_iter(terminator, block).count() as u64;
        block.len()
    });
    counted
}

fn split(input: &mut dyn BufRead, terminator: u8, separator: u8) -> Counted {
    let mut counted = Counted::default();
    blocks(input, &mut |block| {
        let whole = block.iter().rposition(|&b| b == terminator).map_or(0, |at| at + 1);
        for segment in block[..whole].split_inclusive(|&b| b == terminator) {
            counted.segments += 1;
            for element in segment[..segment.len() - 1].split(|&b| b == separator).skip(1) {
                counted.elements += 1;
                counted.data += element.len() as u64;
            }
        }
        counted.bytes += whole as u64;
        whole
    });
    counted
}

fn nom(input: &mut dyn BufRead, terminator: u8, separator: u8) -> Counted {
    let mut counted = Counted::default();
    let (end, cut) = ([terminator], [separator]);
    blocks(input, &mut |block| {
        let text = move |b: u8| b == separator || b == terminator;
        let element = || take_till::<_, &[u8], nom::error::Error<&[u8]>>(text);
        let elements = fold_many0(
            preceded(tag(&cut[..]), element()),
            || (0u64, 0u64),
            |(count, data), text: &[u8]| (count + 1, data + text.len() as u64),
        );
        let segment = terminated((element(), elements), tag(&end[..]));
        let mut segments =
            fold_many0(segment, || (0, 0, 0), |(s, e, d), (_, (count, data))| (s + 1, e + count, d + data));
        let (rest, (segments, elements, data)) = segments.parse(block).unwrap();
        counted.segments += segments;
        counted.elements += elements;
        counted.data += data;
        counted.bytes += (block.len() - rest.len()) as u64;
        block.len() - rest.len()
    });
    counted
}

/// Everything the reader checks; `each` is asked for the elements of every set.
fn engine(input: &mut dyn BufRead, each: &mut dyn FnMut(&TransactionSet<'_>) -> u64) -> Counted {
    let mut reader = Reader::new(input, Limits::default());
    let mut counted = Counted::default();
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => {
                assert!(set.findings.is_empty(), "{:?}", set.findings);
                counted.segments += set.segments.len() as u64;
                counted.elements += each(&set);
            }
            Event::InterchangeEnd { length, findings, .. } => {
                assert!(findings.is_empty(), "{findings:?}");
                counted.bytes += length;
                counted.segments += 2;
            }
            Event::GroupEnd { findings, .. } => assert!(findings.is_empty(), "{findings:?}"),
            Event::Stray(finding) => panic!("{finding:?}"),
            _ => {}
        }
    }
    counted
}

fn elements(set: &TransactionSet<'_>) -> u64 {
    let mut count = 0;
    let mut data = 0;
    for element in set.segments.iter().flat_map(|s| s.elements()) {
        count += 1;
        data += element.len();
    }
    std::hint::black_box(data);
    count
}

fn validated(set: &TransactionSet<'_>) -> u64 {
    let validated = Schema::of(set).expect("a schema").validate(set);
    assert!(validated.findings.is_empty(), "{:?}", validated.findings);
    validated.root.loops.len() as u64
}

fn canonical_json(input: &mut dyn BufRead, map: fn(&str, &Loop<'_>) -> Option<Mapped>) -> Counted {
    let mut json = Vec::new();
    let mut written = 0;
    let counted = engine(input, &mut |set| {
        let validated = Schema::of(set).expect("a schema").validate(set);
        assert!(validated.findings.is_empty(), "{:?}", validated.findings);
        let mapped = map(&set.code, &validated.root).expect("a document");
        assert!(mapped.findings.is_empty(), "{:?}", mapped.findings);
        json.clear();
        portway_documents::write_json(&mut json, &mapped.document).unwrap();
        written += json.len() as u64;
        1
    });
    Counted { json: written, ..counted }
}
