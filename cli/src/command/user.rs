//! `tollgate user`.

use std::io::{self, IsTerminal, Write};

use clap::{Args, Subcommand};
use shared::{
    endpoint::{NewUser, UserEdit, UserError, add_user, change_user, revoke_granted},
    env::World,
    model::User,
    protocol::{ClientId, Secret, Subject},
    store::Writer,
};

use super::{Failure, report::plain};
use crate::aws::{AwsArguments, Deployment};

/// Change resource owners.
#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Make a user who can log in.
    Add(AddArguments),
    /// Print who there is, without passwords.
    List(ListArguments),
    /// Keep a user from logging in, and take back what they let clients do.
    Disable(NamedArguments),
    /// Let a user log in again.
    Enable(NamedArguments),
    /// Give a user another password, and take back what they let clients do.
    Passwd(PasswdArguments),
    /// Take back what a user let clients do; the user can still log in.
    Revoke(RevokeArguments),
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    #[command(flatten)]
    password: PasswordArguments,
    /// Their name, for pages.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Their address.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// A role; can be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    #[command(flatten)]
    user: NamedArguments,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    aws: AwsArguments,
}

#[derive(Debug, Args)]
pub(super) struct PasswdArguments {
    #[command(flatten)]
    password: PasswordArguments,
    #[command(flatten)]
    user: NamedArguments,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    /// Only what this client was let do.
    #[arg(long, value_name = "CLIENT_ID", value_parser = |id: &str| ClientId::parse(id))]
    client: Option<ClientId>,
    #[command(flatten)]
    user: NamedArguments,
}

#[derive(Debug, Args)]
pub(super) struct NamedArguments {
    /// The name to log in with.
    #[arg(value_parser = |name: &str| Subject::parse(name))]
    username: Subject,
    #[command(flatten)]
    aws: AwsArguments,
}

/// Where a password comes from: never from an argument, which others on the machine can read.
#[derive(Debug, Args)]
struct PasswordArguments {
    /// Read the password from the first line of standard input in place of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(action: Action) -> Result<(), Failure> {
    match action {
        Action::Add(arguments) => add(arguments).await,
        Action::List(arguments) => list(&arguments.aws).await,
        Action::Disable(user) => change(&user, UserEdit::Disable).await,
        Action::Enable(user) => change(&user, UserEdit::Enable).await,
        Action::Passwd(PasswdArguments { password, user }) => {
            let password = password.read()?;
            change(&user, UserEdit::Password(password)).await
        }
        Action::Revoke(arguments) => revoke(arguments).await,
    }
}

async fn add(arguments: AddArguments) -> Result<(), Failure> {
    let AddArguments { password, name, email, roles, user: NamedArguments { username, aws } } = arguments;
    let password = password.read()?;
    let deployment = found(&aws).await?;
    let world = World::system();
    let store = Writer::new(deployment.reader(world.clone()));
    let user = NewUser { username: username.clone(), password, name, email, roles };
    add_user(user, &store, &world).await.map_err(|error| failure(error, &username, &deployment))?;
    anstream::println!("{username} can log in");
    Ok(())
}

async fn change(NamedArguments { username, aws }: &NamedArguments, edit: UserEdit) -> Result<(), Failure> {
    let deployment = found(aws).await?;
    let world = World::system();
    let store = Writer::new(deployment.reader(world.clone()));
    let done = match &edit {
        UserEdit::Enable => "can log in",
        UserEdit::Disable => "cannot log in any more",
        UserEdit::Password(_) => "has another password",
    };
    let is_told = !matches!(edit, UserEdit::Enable);
    let ended = change_user(username, edit, &store, &world).await;
    let ended = ended.map_err(|error| failure(error, username, &deployment))?;
    let is_told = is_told || ended > 0;
    let ended = if is_told { format!("; {ended} grants of theirs have ended") } else { String::new() };
    anstream::println!("{username} {done}{ended}");
    Ok(())
}

async fn revoke(RevokeArguments { client, user }: RevokeArguments) -> Result<(), Failure> {
    let NamedArguments { username, aws } = user;
    let deployment = found(&aws).await?;
    let world = World::system();
    let store = Writer::new(deployment.reader(world.clone()));
    let ended = revoke_granted(&username, client.as_ref(), &store, &world).await;
    let ended = ended.map_err(|error| failure(error, &username, &deployment))?;
    anstream::println!("{ended} grants of {username} have ended");
    Ok(())
}

async fn list(aws: &AwsArguments) -> Result<(), Failure> {
    let deployment = found(aws).await?;
    let users = deployment.reader(World::system()).users().await;
    let users = users.map_err(|error| deployment.target().failure(error))?;
    let mut output = io::BufWriter::new(anstream::stdout().lock());
    for user in users {
        let switch = if user.enabled { "enabled" } else { "disabled" };
        let about = [user.name, user.email, Some(user.roles.join(",")).filter(|roles| !roles.is_empty())];
        let about: Vec<String> = about.into_iter().map(|text| text.map_or("-".into(), |text| plain(&text))).collect();
        writeln!(output, "{}\t{switch}\t{}", plain(user.username.as_str()), about.join("\t"))?;
    }
    output.flush()?;
    Ok(())
}

async fn found(aws: &AwsArguments) -> Result<Deployment, Failure> {
    let deployment = Deployment::find(aws).await?;
    anstream::eprintln!("{}", deployment.target());
    Ok(deployment)
}

fn failure(error: UserError, username: &Subject, deployment: &Deployment) -> Failure {
    match error {
        UserError::Store(error) => deployment.target().failure(error),
        other => Failure::new(format!("user {username}: {other}")),
    }
}

impl PasswordArguments {
    fn read(&self) -> Result<Secret, Failure> {
        let password = if self.password_stdin { first_line()? } else { asked()? };
        match User::refuse_unfit(&password) {
            Ok(()) => Ok(password),
            Err(found) => {
                let least = User::MIN_PASSWORD;
                Err(Failure::new(format!(
                    "found {found}, expected one of {least} characters or more (NIST SP 800-63B)"
                )))
            }
        }
    }
}

fn first_line() -> Result<Secret, Failure> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks twice, since nobody sees what they type.
fn asked() -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new("nobody is at a terminal to type a password; --password-stdin reads it from a pipe"));
    }
    let password = Secret::new(rpassword::prompt_password("password: ")?);
    let again = Secret::new(rpassword::prompt_password("once more: ")?);
    if password.digest().matches(&again.digest()) { Ok(password) } else { Err(Failure::new("the two differ")) }
}
