//! The ledger's role and database on a server of ours, made by whoever may: the one thing that needs an administrator's login.
//!
//! Promises: what is there already is left as it is, a role's password included. Fails with the server's own words.

use super::{Error, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// What was made, and what was there.
#[derive(Debug)]
pub struct Made {
    pub role: bool,
    pub database: bool,
}

/// Makes the role and the database that `url` names, by the login of `admin`. `password`: of the new role.
pub async fn create(admin: &str, url: &str, password: Option<&str>) -> Result<Made> {
    let of = |what: &str, text: &str| {
        text.parse::<PgConnectOptions>().map_err(|e| {
            Error::Unsuitable(format!("{what} cannot be read: {e}; it looks like postgres://user@host/name"))
        })
    };
    let wanted = of("--database", url)?;
    let role = wanted.get_username().to_owned();
    let database = wanted.get_database().unwrap_or(&role).to_owned();
    let mut connection = of("--admin-url", admin)?.connect().await?;
    let has_role: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)")
        .bind(&role)
        .fetch_one(&mut connection)
        .await?;
    if !has_role {
        let sql: String = sqlx::query_scalar(
            "SELECT format(CASE WHEN $2::text IS NULL THEN 'CREATE ROLE %I LOGIN' ELSE 'CREATE ROLE %I LOGIN PASSWORD %L' END, $1::text, $2)",
        )
        .bind(&role)
        .bind(password)
        .fetch_one(&mut connection)
        .await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    }
    let has_database: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
            .bind(&database)
            .fetch_one(&mut connection)
            .await?;
    if !has_database {
        let sql: String =
            sqlx::query_scalar("SELECT format('CREATE DATABASE %I OWNER %I', $1::text, $2::text)")
                .bind(&database)
                .bind(&role)
                .fetch_one(&mut connection)
                .await?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(Made { role: !has_role, database: !has_database })
}

/// The same as text for an administrator; `None` where the URL cannot be read.
pub fn statements(url: &str, password: Option<&str>) -> Option<String> {
    let wanted: PgConnectOptions = url.parse().ok()?;
    let (role, quoted) =
        (wanted.get_username().to_owned(), |name: &str| format!("\"{}\"", name.replace('"', "\"\"")));
    let database = wanted.get_database().unwrap_or(&role);
    let password = password.map(|p| format!(" PASSWORD '{p}'")).unwrap_or_default();
    Some(format!(
        "CREATE ROLE {role} LOGIN{password};\nCREATE DATABASE {} OWNER {role};",
        quoted(database),
        role = quoted(&role)
    ))
}
