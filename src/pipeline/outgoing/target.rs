//! Which set a document of ours becomes with a partner, and in which version: as its profile says under `[send]`.

use crate::pipeline::compose::Target;
use crate::profile::PartnerProfile;
use portway_documents::DocumentKind;
use portway_edi::Standard;
use portway_edi::schema::Schema;

/// Which set, in which version.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub standard: Standard,
    pub code: String,
    pub version: String,
    pub schema: &'static Schema,
}

/// # Errors
/// A sentence: what the profile lacks.
pub(super) fn of(profile: &PartnerProfile, kind: DocumentKind, set: Option<&str>) -> Result<Wanted, String> {
    let id = &profile.partner.id;
    let candidates: Vec<(Standard, &str)> = [Standard::X12, Standard::Edifact]
        .into_iter()
        .flat_map(|standard| kind.sets(standard).map(move |set| (standard, set)))
        .collect();
    let names = |all: &[(Standard, &str)]| all.iter().map(|(_, set)| *set).collect::<Vec<_>>().join(", ");
    let agreed: Vec<(Standard, &str)> = candidates
        .iter()
        .copied()
        .filter(|(_, code)| profile.partner.send.contains_key(*code))
        .filter(|(_, code)| set.is_none_or(|set| set.eq_ignore_ascii_case(code)))
        .collect();
    let (standard, code) = match (agreed.as_slice(), set) {
        ([one], _) => *one,
        ([], Some(set)) => {
            return Err(format!(
                "{id} is not sent {set} for a {}: add [send.{set}] to partners.d/{id}.toml (a {} becomes {})",
                kind.name(),
                kind.name(),
                names(&candidates)
            ));
        }
        ([], None) => {
            let usual = candidates.first().map_or("", |(_, set)| set);
            return Err(format!(
                "{id} is not sent any {}: add [send.{usual}] to partners.d/{id}.toml (it becomes {})",
                kind.name(),
                names(&candidates)
            ));
        }
        (several, _) => {
            return Err(format!(
                "{id} is sent a {} as {}: say which one is meant (set)",
                kind.name(),
                names(several)
            ));
        }
    };
    let own = profile.partner.send.get(code).and_then(|send| send.version.clone());
    let version = own.unwrap_or_else(|| match standard {
        Standard::X12 => profile.partner.x12.as_ref().map_or("004010".to_owned(), |x12| x12.version.clone()),
        Standard::Edifact => "D:01B:UN".to_owned(),
    });
    let target = Target::new(standard, code, &version)
        .ok_or_else(|| format!("no schema is known for {code} in version {version}: change [send.{code}] version in partners.d/{id}.toml"))?;
    Ok(Wanted { standard, code: code.to_owned(), schema: target.schema, version })
}
