//! Orders as partners send them, in any amount: 850s of X12 004010 and ORDERS of EDIFACT D.96A, about 20 lines each.
//!
//! Deterministic: the same number yields the same order. Prices, quantities, names and dates vary, so that nothing that is
//! remembered from one order helps with the next. Valid in full: the benchmark checks that there is no finding.

use std::fmt::Write as _;

/// Orders in one interchange.
const ORDERS: u32 = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    X12,
    Edifact,
}

const ITEMS: [(&str, &str); 8] = [
    ("ROSE-12", "Rose bush, red, 12 inch pot"),
    ("FERN-08", "Boston fern, 8 inch basket"),
    ("SOIL-40", "Potting soil, 40 litre bag"),
    ("TROW-01", "Hand trowel, ash handle"),
    ("HOSE-25", "Garden hose, 25 m, with connectors"),
    ("SEED-TOM", "Tomato seed, 20 grains"),
    ("GLOVE-L", "Gloves, large"),
    ("BARROW-90", "Wheelbarrow, 90 l, pneumatic tyre"),
];

const TOWNS: [(&str, &str, &str); 5] = [
    ("Salem", "OR", "97301"),
    ("Portland", "OR", "97204"),
    ("Eugene", "OR", "97401"),
    ("Seattle", "WA", "98101"),
    ("Boise", "ID", "83702"),
];

/// One interchange with its control number.
pub fn interchange(kind: Kind, number: u32) -> Vec<u8> {
    let mut text = String::with_capacity(512 << 10);
    match kind {
        Kind::X12 => x12(&mut text, number),
        Kind::Edifact => edifact(&mut text, number),
    }
    text.into_bytes()
}

/// A small generator of numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// With the check digit of GS1.
fn gtin(base: u64, length: usize) -> String {
    let digits = format!("{base:0width$}", width = length - 1);
    let sum: u32 =
        digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// An element is put with its separator; the terminator by the caller.
fn x12(out: &mut String, number: u32) {
    let control = number % 900_000_000 + 1;
    let _ = write!(
        out,
        "ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*0930*U*00401*{control:09}*1*P*>~GS*PO*GREENFIELD*123456789*20260105*0930*{control}*X*004010~"
    );
    for order in 1..=ORDERS {
        x12_order(out, number, order);
    }
    let _ = write!(out, "GE*{ORDERS}*{control}~IEA*1*{control:09}~");
}

fn x12_order(out: &mut String, number: u32, order: u32) {
    let mut dice = Dice(u64::from(number) << 20 | u64::from(order) << 3 | 5);
    let start = out.len();
    let po = 4_500_000 + u64::from(number) * 100 + u64::from(order);
    let day = 1 + dice.roll(28);
    let _ = write!(
        out,
        "ST*850*{order:04}~BEG*00*SA*{po}**202601{day:02}~CUR*BY*USD~REF*DP*GARDEN~REF*IA*{}~PER*BD*Ida Wells*TE*5551230100*EM*orders@greenfield.example~FOB*PP~ITD*01*3*2**10**30*****2 percent in 10 days~DTM*002*202602{day:02}~DTM*010*202601{day:02}~TD5**2*FDEG*M*Ground~N9*L1*NOTES~MSG*Deliver between 7 and 11 in the morning~",
        10_000 + dice.roll(80_000)
    );
    for role in ["ST", "BT"] {
        let (town, state, zip) = TOWNS[dice.roll(5) as usize];
        let store = dice.roll(9000) + 1000;
        let _ = write!(
            out,
            "N1*{role}*Greenfield Garden Centre {store}*92*{store}~N3*{} Orchard Lane~N4*{town}*{state}*{zip}*US~",
            dice.roll(999) + 1
        );
    }
    let lines = 15 + dice.roll(11);
    let mut total = 0;
    for line in 1..=lines {
        let (id, title) = ITEMS[dice.roll(8) as usize];
        let (quantity, cents) = (1 + dice.roll(240), 95 + dice.roll(9000));
        total += quantity * cents;
        let _ = write!(
            out,
            "PO1*{line}*{quantity}*EA*{}.{:02}*PE*BP*{id}*UP*{}~PID*F****{title}~",
            cents / 100,
            cents % 100,
            gtin(7_874_200_000 + dice.roll(90_000), 12)
        );
        match dice.roll(8) {
            0 => out.push_str("PO4*12*1*EA~SCH*6*EA***002*20260219~SCH*6*EA***002*20260226~"),
            1 => out.push_str("SAC*A*C310***500~SDQ*EA*92*0014*12*0015*8~"),
            2 => out
                .push_str("N1*ST*Greenfield Garden Centre 15*92*0015~N3*2 River Road~N4*Eugene*OR*97401*US~"),
            _ => {}
        }
    }
    let _ = write!(out, "CTT*{lines}~AMT*TT*{}.{:02}~", total / 100, total % 100);
    let segments = out[start..].bytes().filter(|&b| b == b'~').count() + 1;
    let _ = write!(out, "SE*{segments}*{order:04}~");
}

fn edifact(out: &mut String, number: u32) {
    let control = number % 900_000_000 + 1;
    let (sender, receiver) = (gtin(401_234_500_000, 13), gtin(541_234_500_001, 13));
    let _ = write!(out, "UNA:+.? 'UNB+UNOC:3+{sender}:14+{receiver}:14+260105:0930+{control}++ORDERS'");
    for order in 1..=ORDERS {
        edifact_order(out, number, order);
    }
    let _ = write!(out, "UNZ+{ORDERS}+{control}'");
}

fn edifact_order(out: &mut String, number: u32, order: u32) {
    let mut dice = Dice(u64::from(number) << 20 | u64::from(order) << 3 | 5);
    let start = out.len();
    let po = 4_500_000 + u64::from(number) * 100 + u64::from(order);
    let day = 1 + dice.roll(28);
    let _ = write!(
        out,
        "UNH+{order}+ORDERS:D:96A:UN:EAN008'BGM+220+{po}+9'DTM+137:202601{day:02}:102'DTM+2:202602{day:02}:102'FTX+AAI+++Deliver between 7 and 11 in the morning, ring twice: thank you?, gate 4'RFF+CT:{}'",
        10_000 + dice.roll(80_000)
    );
    for (role, base) in [("BY", 401_234_500_000), ("SU", 541_234_500_000), ("DP", 401_234_510_000)] {
        let (town, _, zip) = TOWNS[dice.roll(5) as usize];
        let _ = write!(
            out,
            "NAD+{role}+{}::9++Greenfield Garden Centre {}+{} Orchard Lane+{town}++{zip}+US'",
            gtin(base + dice.roll(9999), 13),
            dice.roll(900) + 1,
            dice.roll(999) + 1
        );
    }
    out.push_str("CTA+OC+:Ida Wells'COM+5551230100:TE'CUX+2:EUR:9'TDT+20++30'");
    let lines = 15 + dice.roll(11);
    for line in 1..=lines {
        let (id, title) = ITEMS[dice.roll(8) as usize];
        let _ = write!(
            out,
            "LIN+{line}++{}:EN'PIA+1+{id}:SA'IMD+F++:::{title}'QTY+21:{}:PCE'",
            gtin(401_234_500_000 + dice.roll(90_000), 13),
            1 + dice.roll(240),
        );
        match dice.roll(6) {
            0 => out.push_str("DTM+2:20260219:102'"),
            1 => out.push_str("FTX+AAI+++Keep cool?: below 8 degrees'"),
            _ => {}
        }
        let _ = write!(out, "PRI+AAA:{}.{:02}'", dice.roll(90), dice.roll(100));
    }
    let _ = write!(out, "UNS+S'CNT+2:{lines}'");
    let segments = out[start..].replace("?'", "").bytes().filter(|&b| b == b'\'').count() + 1;
    let _ = write!(out, "UNT+{segments}+{order}'");
}
