//! Parses the command line and calls the verb.

use clap::Parser;
use portway::command::arguments::{FileVerb, PartnerVerb, Portway, Verb};
use portway::command::backup::restore::Wanted;
use portway::command::file::convert::Conversion;
use portway::command::{self, partner::NewPartner};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Portway::parse();
    let dir = arguments.config;
    match arguments.verb {
        Verb::Serve { log } => {
            command::log::begin(log);
            with_runtime(command::serve::run(&dir))
        }
        Verb::Init(given) => with_runtime(command::init::run(&dir, &given)),
        Verb::Validate { dir: named, json } => command::validate::run(named.as_deref().unwrap_or(&dir), json),
        Verb::Partner(verb) => match verb {
            PartnerVerb::List { json } => command::partner::list(&dir, json),
            PartnerVerb::Show { id, json } => command::partner::show(&dir, &id, json),
            PartnerVerb::Check { id, send, json } => with_runtime(command::check::run(&dir, &id, send, json)),
            PartnerVerb::Sheet { id, station, json } => {
                command::sheet::run(&dir, id.as_deref(), station.as_deref(), json)
            }
            PartnerVerb::Send { id, sample } => with_runtime(command::send::run(&dir, &id, &sample)),
            PartnerVerb::Password => command::partner::password(),
            PartnerVerb::New { id, name, x12, extends, to, token } => {
                let new = NewPartner { id, name, x12, extends, to, token };
                with_runtime(command::partner::new(&dir, &new))
            }
        },
        Verb::Certificate(verb) => with_runtime(command::certificate::run(&dir, verb)),
        Verb::Status { json } => with_runtime(command::status::run(&dir, json)),
        Verb::Top { once } => with_runtime(command::top::run(&dir, once)),
        Verb::Check(asked) => with_runtime(command::monitor::run(&dir, &asked)),
        Verb::Reload { json } => with_runtime(command::reload::run(&dir, json)),
        Verb::Message(verb) => with_runtime(command::message::run(&dir, verb)),
        Verb::Audit(verb) => with_runtime(command::audit::run(&dir, verb)),
        Verb::Retention(verb) => with_runtime(command::retention::run(&dir, verb)),
        Verb::Ack(verb) => with_runtime(command::ack::run(&dir, verb)),
        Verb::Doc(verb) => with_runtime(command::doc::run(&dir, verb)),
        Verb::Endpoint(verb) => with_runtime(command::endpoint::run(&dir, verb)),
        Verb::File(verb) => match verb {
            FileVerb::View { file } => command::file::view::run(&file),
            FileVerb::Lint { file, json } => command::file::lint::run(&file, json),
            FileVerb::Fmt { file, write } => command::file::fmt::run(&file, write),
            FileVerb::Ack { file, kind } => command::file::ack::run(&file, &kind),
            FileVerb::Json { file } => command::file::json::run(&file),
            FileVerb::Convert { file, to, set, version, partner, document, explain } => {
                let conversion = Conversion { file, to, set, version, partner, document, explain };
                command::file::convert::run(&dir, &conversion)
            }
            FileVerb::Sample { set, version } => command::file::sample::run(&set, version.as_deref()),
            FileVerb::Redact { file } => command::file::redact::run(&file),
        },
        Verb::Schema { name } => command::schema::run(name.as_deref()),
        Verb::Explain { code, version, directory } => {
            command::explain::run(&code, version.as_deref(), directory.as_deref())
        }
        Verb::Backup { file, with_keys } => with_runtime(command::backup::run(&dir, &file, with_keys)),
        Verb::Restore { file, verify, into, config_too, margin } => {
            let wanted = Wanted { file, verify, into, config_too, margin };
            with_runtime(command::backup::restore::run(&dir, &wanted))
        }
        Verb::Db(verb) => with_runtime(command::db::run(&dir, verb)),
        Verb::Completions { shell } => command::manual::completions(shell),
        Verb::Man { dir } => command::manual::man(&dir),
        Verb::Demo { stay } => with_runtime(command::demo::run(stay)),
    }
}

fn with_runtime(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            eprintln!("error: the runtime cannot be started: {error}");
            ExitCode::from(command::PROBLEMS)
        }
    }
}
