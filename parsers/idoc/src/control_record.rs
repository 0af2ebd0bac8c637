//! EDI_DC40 as a segment, both ways. It cannot fail: what is missing is empty.

use crate::control::{Address, Control, Direction};
use crate::segment::Segment;
use portway_documents::Text;

/// Takes the control record out of the IDoc: none of it is the document's.
pub(crate) fn read(root: &mut Segment) -> Control {
    let Some(at) = root.segments.iter().position(|s| s.name == "EDI_DC40") else { return Control::default() };
    let mut record = root.segments.remove(at);
    let mut take = |name: &str| record.take(name).unwrap_or_default();
    let mut address = |end: &str| Address {
        port: take(&format!("{end}POR")),
        partner_type: take(&format!("{end}PRT")),
        partner_function: take(&format!("{end}PFC")),
        partner: take(&format!("{end}PRN")),
    };
    let (sender, receiver) = (address("SND"), address("RCV"));
    Control {
        number: take("DOCNUM"),
        client: take("MANDT"),
        message: take("MESTYP"),
        message_code: take("MESCOD"),
        message_function: take("MESFCT"),
        idoc_type: take("IDOCTYP"),
        extension: take("CIMTYP"),
        direction: match take("DIRECT").as_str() {
            "2" => Direction::IntoSap,
            _ => Direction::OutOfSap,
        },
        test: !take("TEST").is_empty(),
        sender,
        receiver,
        created_date: take("CREDAT"),
        created_time: take("CRETIM"),
        interchange: take("REFINT"),
        group: take("REFGRP"),
        set: take("REFMES"),
        serial: take("SERIAL"),
    }
}

pub(crate) fn write(control: &Control) -> Segment {
    let mut record = Segment::new("EDI_DC40");
    let mut put = |name: &str, longest: usize, value: &str| record.put(name, longest, value);
    put("TABNAM", 10, "EDI_DC40");
    put("MANDT", 3, &control.client);
    put("DOCNUM", 16, &control.number);
    put("DIRECT", 1, if control.direction == Direction::IntoSap { "2" } else { "1" });
    put("TEST", 1, if control.test { "X" } else { "" });
    put("IDOCTYP", 30, &control.idoc_type);
    put("CIMTYP", 30, &control.extension);
    put("MESTYP", 30, &control.message);
    put("MESCOD", 3, &control.message_code);
    put("MESFCT", 3, &control.message_function);
    let mut address = |end: &str, address: &Address| {
        let fields: [(&str, usize, &Text); 4] = [
            ("POR", 10, &address.port),
            ("PRT", 2, &address.partner_type),
            ("PFC", 2, &address.partner_function),
            ("PRN", 10, &address.partner),
        ];
        fields.iter().for_each(|(field, longest, value)| put(&format!("{end}{field}"), *longest, value));
    };
    address("SND", &control.sender);
    address("RCV", &control.receiver);
    put("CREDAT", 8, &control.created_date);
    put("CRETIM", 6, &control.created_time);
    put("REFINT", 14, &control.interchange);
    put("REFGRP", 14, &control.group);
    put("REFMES", 14, &control.set);
    put("SERIAL", 20, &control.serial);
    record
}
