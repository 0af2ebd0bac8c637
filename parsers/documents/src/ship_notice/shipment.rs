//! The shipment level: what is said of it stands with the notice itself, and is mapped like any other level.

use super::{Level, LevelKind, ShipNotice};

/// Says once which fields a notice and a level have alike.
macro_rules! alike {
    ($($field:ident)+) => {
        /// What the notice says of the shipment, as a level; the notice is left without it.
        pub(super) fn out_of(notice: &mut ShipNotice) -> Level {
            Level {
                level_id: notice.level_id.take(),
                kind: LevelKind::Shipment,
                kind_code: notice.level_code.take(),
                child_code: notice.level_child_code.take(),
                $($field: std::mem::take(&mut notice.$field),)+
                ..Level::default()
            }
        }

        /// The shipment level becomes the notice's own. What the notice has already comes before it.
        pub(super) fn into(level: Level, notice: &mut ShipNotice) {
            notice.level_id = level.level_id;
            notice.level_code = level.kind_code;
            notice.level_child_code = level.child_code;
            $(notice.$field.add(level.$field);)+
        }
    };
}

alike! {
    order currency dates references parties contacts notes locations measurements industry_codes attachments delivery_terms
    transport packages pallet packaging marks dangerous_goods allowances_and_charges amounts statements instructions discrepancies
    trade_conditions characteristics descriptions load_position load_sequence distribution excess_transport contents
}

trait Add {
    fn add(&mut self, more: Self);
}

impl<T> Add for Vec<T> {
    fn add(&mut self, mut more: Vec<T>) {
        self.append(&mut more);
    }
}

impl<T> Add for Option<T> {
    fn add(&mut self, more: Option<T>) {
        if more.is_some() {
            *self = more;
        }
    }
}

impl Add for crate::transport::Transport {
    fn add(&mut self, more: crate::transport::Transport) {
        self.routes.add(more.routes);
        self.loads.add(more.loads);
        self.equipment.add(more.equipment);
        self.handling.add(more.handling);
        self.temperatures.add(more.temperatures);
    }
}
