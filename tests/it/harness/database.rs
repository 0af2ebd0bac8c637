//! The ledger seen from outside: a database of its own for each test, and questions to it in SQL.

use super::block;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use std::str::FromStr;

pub struct Database {
    pub url: String,
    /// Made on the server of the test run, and dropped at the end.
    name: Option<String>,
}

/// Where things stand, for whoever looks at a failed test.
const SUMMARY: &str = "
    SELECT format('%s message %s %s: %s', direction, state, reason, count(*)) FROM message GROUP BY direction, state, reason
    UNION ALL SELECT format('interchange %s: %s', state, count(*)) FROM interchange GROUP BY state
    UNION ALL SELECT format('set %s %s: %s', state, reason, count(*)) FROM transaction_set GROUP BY state, reason
    UNION ALL SELECT format('delivery %s: %s', state, count(*)) FROM delivery GROUP BY state
    UNION ALL (SELECT row_to_json(j)::text FROM job j ORDER BY id LIMIT 10)";

fn server() -> String {
    std::env::var("PORTWAY_TEST_DATABASE")
        .expect("PORTWAY_TEST_DATABASE names a PostgreSQL: run the tests with 'make test'")
}

impl Database {
    /// A new, empty database on the server of the test run.
    pub fn fresh() -> Database {
        let name = format!("t_{}", uuid::Uuid::new_v4().simple());
        let server = server();
        block(run(&server, &format!("CREATE DATABASE {name}"))).expect("a database for this test");
        Database { url: server.replace("/postgres?", &format!("/{name}?")), name: Some(name) }
    }

    /// Any other server.
    pub fn at(url: String) -> Database {
        Database { url, name: None }
    }

    /// The first column of each row, which the statement must give as text.
    #[track_caller]
    pub fn rows(&self, sql: &str) -> Vec<String> {
        self.try_rows(sql).unwrap_or_else(|e| panic!("{e}: {sql}"))
    }

    pub fn try_rows(&self, sql: &str) -> Result<Vec<String>, sqlx::Error> {
        block(async {
            let mut connection = open(&self.url).await?;
            let rows = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await?;
            connection.close().await?;
            Ok(rows)
        })
    }

    #[track_caller]
    /// Rows whose parent is missing: the ledger has no foreign keys, so the tests look.
    pub fn orphans(&self) -> Vec<String> {
        let parents = [
            ("interchange", "message_id", "message"),
            ("transaction_set", "message_id", "message"),
            ("transaction_set", "interchange_id", "interchange"),
            ("delivery", "set_id", "transaction_set"),
            ("delivery", "message_id", "message"),
            ("acknowledgement", "interchange_id", "interchange"),
            ("acknowledgement", "message_id", "message"),
            ("attempt", "delivery_id", "delivery"),
            ("lease", "job", "job"),
        ];
        let looks = parents.map(|(child, column, parent)| {
            format!(
                "SELECT '{child}.{column} ' || {column} FROM {child} WHERE {column} IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {child}.{column})"
            )
        });
        self.rows(&looks.join(" UNION ALL "))
    }

    /// Changes something behind the gateway's back.
    #[track_caller]
    pub fn run(&self, sql: &str) {
        block(run(&self.url, sql)).unwrap_or_else(|e| panic!("{e}: {sql}"));
    }

    /// Runs statements in a transaction that stays open.
    #[track_caller]
    pub fn hold_open(&self, sql: &[String]) -> Transaction {
        let begun = block(async {
            let mut connection = open(&self.url).await?;
            for sql in std::iter::once("BEGIN").chain(sql.iter().map(String::as_str)) {
                sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
            }
            Ok::<_, sqlx::Error>(connection)
        });
        Transaction(begun.unwrap_or_else(|e| panic!("{e}: {sql:?}")))
    }

    pub fn count(&self, sql: &str) -> usize {
        self.rows(&format!("SELECT count(*)::text FROM {sql}"))[0].parse().unwrap()
    }
}

/// A transaction that the test has open.
pub struct Transaction(PgConnection);

impl Transaction {
    pub fn commit(mut self) {
        block(async {
            sqlx::query("COMMIT").execute(&mut self.0).await?;
            self.0.close().await
        })
        .unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the ledger\n{}", self.try_rows(SUMMARY).unwrap_or_default().join("\n"));
        }
        if let Some(name) = &self.name {
            // The server goes at the end of the run in any case.
            let _ = block(run(&server(), &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        }
    }
}

async fn open(url: &str) -> Result<PgConnection, sqlx::Error> {
    PgConnectOptions::from_str(url)?.connect().await
}

async fn run(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = open(url).await?;
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await
}
