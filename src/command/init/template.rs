//! The first gateway.toml: the package's own, with the answers in the places that it marks.
//!
//! Promises: there is one template, `packaging/etc/gateway.toml`, comments and all; what was not answered stays as it is there. A
//! line that the template has no longer fails the tests, not the user.

/// What the package installs as /etc/portway/gateway.toml.
pub const SHIPPED: &str = include_str!("../../../packaging/etc/gateway.toml");

/// The answers, as they go into the file.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    pub name: String,
    pub x12: Option<String>,
    pub edifact: Option<String>,
    pub as2: Option<String>,
    /// The stem of the files of our AS2 key and certificate.
    pub key: Option<String>,
    /// `None`: the private one that the gateway runs itself.
    pub database: Option<String>,
    /// The URL's role has a password, in `credentials/database`.
    pub password: bool,
    pub erp_url: Option<String>,
    /// Host, or `host:port`.
    pub mail: Option<String>,
    pub to: Vec<String>,
    pub state: Option<String>,
}

/// The whole file.
pub fn fill(answers: &Answers) -> String {
    let mut text = String::new();
    let mut section = String::new();
    for line in SHIPPED.lines() {
        let bare = line.trim_start_matches("# ").split('#').next().unwrap_or_default().trim_end();
        if bare.starts_with('[') && bare.ends_with(']') && !bare.contains('=') {
            section = bare.to_owned();
        }
        let key = bare.split_once(" = ").map(|(key, _)| key).unwrap_or(bare);
        let new = replaced(&format!("{section}.{key}"), answers);
        text.push_str(new.as_deref().unwrap_or(line));
        text.push('\n');
    }
    match &answers.state {
        Some(state) => text.replacen("\n[us]\n", &format!("\nstate = {}\n\n[us]\n", quoted(state)), 1),
        None => text,
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// What stands in the place of a line, where an answer changes it.
fn replaced(place: &str, answers: &Answers) -> Option<String> {
    let set = |key: &str, value: &Option<String>| value.as_ref().map(|v| format!("{key} = {}", quoted(v)));
    match place {
        "[us].name" => Some(format!("name = {}", quoted(&answers.name))),
        "[us].x12" => {
            Some(set("x12", &answers.x12).unwrap_or("# x12 = \"ZZ:OURCOMPANY\"              # our ISA qualifier and id".into()))
        }
        "[us].edifact" => set("edifact", &answers.edifact),
        "[us].as2" => {
            let id = set("as2", &answers.as2)?;
            let pair = answers.key.as_ref().map(|stem| {
                format!("\nkeys = [{{ certificate = \"certs/{stem}.pem\", key = {{ credential = \"{stem}.key\" }} }}]")
            });
            Some(id + &pair.unwrap_or_default())
        }
        "[listen.as2].[listen.as2]" if answers.as2.is_none() => Some("# [listen.as2]".into()),
        "[listen.as2].address" if answers.as2.is_none() => {
            Some("# address = \"[::]:4443\"              # https://HOST:4443/as2".into())
        }
        "[database].[database]" if answers.database.is_none() => {
            Some("# Absent: the gateway runs a private PostgreSQL itself, under its state directory.\n# [database]".into())
        }
        "[database].url" => Some(match &answers.database {
            None => "# url = \"postgres://portway@db.northwind.example/portway\"".into(),
            Some(url) if answers.password => {
                format!("url = {}\npassword = {{ credential = \"database\" }}", quoted(url))
            }
            Some(url) => format!("url = {}", quoted(url)),
        }),
        "[endpoint.erp].kind" => answers.erp_url.as_ref().map(|_| "kind = \"http\"".into()),
        "[endpoint.erp].path" => match (&answers.erp_url, &answers.state) {
            (Some(url), _) => {
                Some(format!("url = {}\nsecrets = [{{ credential = \"erp-webhook\" }}]", quoted(url)))
            }
            (None, Some(state)) => Some(format!("path = {}", quoted(&format!("{state}/erp")))),
            (None, None) => None,
        },
        "[mail].[mail]" => answers.mail.as_ref().map(|_| "[mail]".into()),
        "[mail].host" => answers.mail.as_ref().map(|mail| match mail.rsplit_once(':') {
            Some((host, port)) => format!("host = {}\nport = {port}", quoted(host)),
            None => format!("host = {}", quoted(mail)),
        }),
        "[mail].from" => answers.mail.as_ref().map(|_| format!("from = {}", quoted(&sender(answers)))),
        "[alerts].[alerts]" => (!answers.to.is_empty()).then(|| "[alerts]".into()),
        "[alerts].to" => {
            let to: Vec<String> = answers.to.iter().map(|to| quoted(to)).collect();
            (!to.is_empty()).then(|| format!("to = [{}]", to.join(", ")))
        }
        _ => None,
    }
}

/// In the domain of who is told, or of the mail server.
fn sender(answers: &Answers) -> String {
    let told = answers.to.first().and_then(|to| to.rsplit_once('@')).map(|(_, domain)| domain.to_owned());
    let host = answers.mail.as_deref().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let domain = host.split_once('.').filter(|(_, rest)| rest.contains('.')).map_or(host, |(_, rest)| rest);
    format!("portway@{}", told.unwrap_or_else(|| domain.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_place_and_the_rest_stays() {
        let all = Answers {
            name: "Northwind \"Supply\" Inc.".into(),
            x12: Some("ZZ:NORTHWIND".into()),
            edifact: Some("14:4012345000009".into()),
            as2: Some("NORTHWIND".into()),
            key: Some("us-as2-2026-01-05".into()),
            database: Some("postgres://portway@db.northwind.example/portway".into()),
            password: true,
            erp_url: Some("https://erp.northwind.example/edi".into()),
            mail: Some("smtp.northwind.example:2525".into()),
            to: vec!["edi@northwind.example".into()],
            state: Some("/srv/portway".into()),
        };
        let table: toml::Table = toml::from_str(&fill(&all)).unwrap();
        let at = |path: &[&str]| {
            let first = &table[path[0]];
            path[1..].iter().fold(first, |value, key| &value[*key]).clone()
        };
        for (path, value) in [
            (&["us", "name"][..], "Northwind \"Supply\" Inc."),
            (&["us", "x12"], "ZZ:NORTHWIND"),
            (&["us", "edifact"], "14:4012345000009"),
            (&["us", "as2"], "NORTHWIND"),
            (&["database", "url"], "postgres://portway@db.northwind.example/portway"),
            (&["database", "password", "credential"], "database"),
            (&["endpoint", "erp", "url"], "https://erp.northwind.example/edi"),
            (&["endpoint", "erp", "kind"], "http"),
            (&["mail", "host"], "smtp.northwind.example"),
            (&["mail", "from"], "portway@northwind.example"),
            (&["state"], "/srv/portway"),
        ] {
            assert_eq!(at(path).as_str(), Some(value), "{path:?}");
        }
        assert_eq!(at(&["mail", "port"]).as_integer(), Some(2525));
        assert_eq!(table["us"]["keys"][0]["key"]["credential"].as_str(), Some("us-as2-2026-01-05.key"));
        assert_eq!(table["alerts"]["to"][0].as_str(), Some("edi@northwind.example"));

        let few =
            Answers { name: "Our Company".into(), x12: Some("ZZ:OURCOMPANY".into()), ..Answers::default() };
        let table: toml::Table = toml::from_str(&fill(&few)).unwrap();
        assert!(
            !table.contains_key("database") && !table.contains_key("mail") && !table.contains_key("alerts")
        );
        assert_eq!(table["endpoint"]["erp"]["path"].as_str(), Some("/var/lib/portway/erp"));
        let kept = SHIPPED.lines().filter(|line| fill(&few).lines().any(|l| l == *line)).count();
        assert!(kept + 8 > SHIPPED.lines().count(), "the comments stay: {kept}");
    }
}
