//! X12 as the partners write and read it, independent of the gateway's engine.

/// An 850 in an interchange of its own.
#[derive(Debug, Clone)]
pub struct Order {
    pub number: String,
    /// ISA13, GS06.
    pub control: u32,
    /// ISA15.
    pub usage: char,
    /// ISA06 and GS02, qualifier ZZ.
    pub sender: String,
    pub lines: usize,
    pub quantity: u32,
}

/// Two lines, live, from ACME.
pub fn order(number: &str, control: u32) -> Order {
    Order { number: number.into(), control, usage: 'P', sender: "ACME".into(), lines: 2, quantity: 4 }
}

impl Order {
    pub fn text(&self) -> String {
        let Order { number, control, usage, sender, lines, quantity } = self;
        let mut text = format!(
            "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*NORTHWIND      *260105*0930*U*00401*{control:09}*0*{usage}*>~\n\
             GS*PO*{sender}*NORTHWIND*20260105*0930*{control}*X*004010~\nST*850*0001~\nBEG*00*SA*{number}**20260105~\n"
        );
        for line in 1..=*lines {
            text += &format!("PO1*{line}*{quantity}*EA*3.25*PE*BP*ROSE-{line:02}~\n");
        }
        text += &format!("CTT*{lines}~\nSE*{}*0001~\nGE*1*{control}~\nIEA*1*{control:09}~\n", lines + 4);
        text
    }
}

/// AK202 and AK501.
type Set = (String, String);

/// A TA1 or 997 interchange, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub control: String,
    pub usage: String,
    pub receiver: String,
    /// ISA13 acknowledged, TA104, TA105.
    pub ta1: Option<(String, String, String)>,
    /// AK102, AK901, and of each set AK202 and AK501.
    pub groups: Vec<(String, String, Vec<Set>)>,
}

impl Acknowledgement {
    #[track_caller]
    pub fn read(bytes: &[u8]) -> Acknowledgement {
        let text = std::str::from_utf8(bytes).expect("an acknowledgement is text");
        let (element, end) = (text.as_bytes()[3] as char, text.as_bytes()[105] as char);
        let mut ack = Acknowledgement {
            control: String::new(),
            usage: String::new(),
            receiver: String::new(),
            ta1: None,
            groups: Vec::new(),
        };
        for segment in text.split(end).map(str::trim).filter(|s| !s.is_empty()) {
            let part: Vec<&str> = segment.split(element).collect();
            let own = |n: usize| part[n].trim().to_owned();
            match part[0] {
                "ISA" => (ack.control, ack.usage, ack.receiver) = (own(13), own(15), own(8)),
                "TA1" => ack.ta1 = Some((own(1), own(4), own(5))),
                "AK1" => ack.groups.push((own(2), String::new(), Vec::new())),
                "AK2" => ack.groups.last_mut().unwrap().2.push((own(2), String::new())),
                "AK5" => ack.groups.last_mut().unwrap().2.last_mut().unwrap().1 = own(1),
                "AK9" => ack.groups.last_mut().unwrap().1 = own(1),
                _ => {}
            }
        }
        ack
    }

    /// The answer to the one set of the one group: AK901 and AK501.
    #[track_caller]
    pub fn only(&self) -> (&str, &str) {
        assert_eq!(self.groups.len(), 1, "{self:?}");
        (&self.groups[0].1, self.groups[0].2.first().map_or("-", |s| &s.1))
    }
}
