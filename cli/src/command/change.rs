//! What `tollgate apply` and `tollgate diff` share: a file, a deployment, and the plan that leads from one to the other.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{
    Args,
    builder::styling::{AnsiColor, Style},
};
use serde_json::Value;
use shared::{
    endpoint::apply::{Action, ApplyError, Difference, Member, MemberChange, Plan, Wanted, plan},
    env::World,
    model::{DataKey, configuration::Configuration},
    store::{DataKeys, Reader},
};

use super::{Failure, served, source};
use crate::aws::{AwsArguments, Deployment};

/// A file and a deployment.
#[derive(Debug, Args)]
pub(super) struct ChangeArguments {
    /// The configuration file, YAML or JSON.
    file: PathBuf,
    /// Remove what the file does not list.
    #[arg(long)]
    prune: bool,
    /// Seal the secrets for providers anew, with a new data key.
    #[arg(long)]
    reseal: bool,
    /// The KMS key that wraps data keys: id, ARN or alias; without it the stack's.
    #[arg(long, value_name = "KEY")]
    kms_key: Option<String>,
    /// A file of 32 bytes that seals and opens secrets where there is no KMS key.
    #[arg(long, value_name = "FILE", env = "DATA_KEY_FILE", hide_short_help = true)]
    data_key_file: Option<PathBuf>,
    #[command(flatten)]
    aws: AwsArguments,
}

/// A file read, and the deployment it is for.
pub(super) struct Change {
    pub(super) configuration: Configuration,
    pub(super) deployment: Deployment,
    pub(super) world: World,
    local: DataKeys,
    kms_key: Option<String>,
    prune: bool,
    reseal: bool,
}

impl Change {
    /// Reads the file, finds the deployment and names it, then says what is worth a look and where the two disagree.
    pub(super) async fn prepare(arguments: ChangeArguments) -> Result<Self, Failure> {
        let ChangeArguments { file, prune, reseal, kms_key, data_key_file, aws } = arguments;
        let configuration = source::read(Some(&file))?;
        let local = data_key_file.map(|file| data_key(&file)).transpose()?.map(DataKeys::local).unwrap_or_default();
        let deployment = Deployment::find(&aws).await?;
        anstream::eprintln!("{}: {}", file.display(), deployment.target());
        for warning in &configuration.warnings {
            anstream::eprintln!("warning: {warning}");
        }
        for doubt in served::doubts(configuration.issuer.as_ref(), &configuration.paths, deployment.outputs.as_ref()) {
            anstream::eprintln!("warning: {doubt}");
        }
        let output = || deployment.outputs.as_ref()?.get("DataKeyArn").map(str::to_owned);
        let kms_key = kms_key.or_else(output);
        Ok(Self { configuration, deployment, world: World::system(), local, kms_key, prune, reseal })
    }

    /// The plan, as it is carried out.
    pub(super) async fn plan(self, reader: &Reader) -> Result<Plan, Failure> {
        let keys = self.deployment.data_keys(self.local);
        let keys = match &self.kms_key {
            Some(key) => keys.sealing_under(key),
            None => keys,
        };
        let wanted = Wanted { configuration: &self.configuration, prune: self.prune, reseal: self.reseal };
        planned(plan(&wanted, reader, &keys, &self.world).await, &self.deployment)
    }

    /// The plan, only to be shown: no data key is generated for it.
    pub(super) async fn plan_for_show(self, reader: &Reader) -> Result<Plan, Failure> {
        let keys = self.deployment.data_keys(self.local).sealing_for_show(self.world.clone());
        let wanted = Wanted { configuration: &self.configuration, prune: self.prune, reseal: self.reseal };
        planned(plan(&wanted, reader, &keys, &self.world).await, &self.deployment)
    }
}

fn planned(plan: Result<Plan, ApplyError>, deployment: &Deployment) -> Result<Plan, Failure> {
    plan.map_err(|error| match error {
        ApplyError::Read(error) => Failure::new(format!("nothing was written: {}", deployment.target().failure(error))),
        other => other.into(),
    })
}

/// The key in a file.
pub(super) fn data_key(file: &Path) -> Result<DataKey, Failure> {
    let bytes = fs::read(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let wrong = || Failure::new(format!("{}: expected a file of {} bytes", file.display(), DataKey::LENGTH));
    DataKey::new(&bytes).ok_or_else(wrong)
}

/// What becomes of a plan that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is written as it is shown.
    Written,
    /// Nothing: what was drawn for it is drawn anew when it is applied.
    Forgotten,
}

/// Prints what a plan changes, in colour on a terminal.
pub(super) fn show(plan: &Plan, fate: Fate) -> Result<(), Failure> {
    let mut output = io::BufWriter::new(anstream::stdout().lock());
    let mut counts = [0, 0, 0];
    for difference in plan.differences() {
        counts[difference.action as usize] += 1;
        write!(output, "{}", worded(&difference, fate))?;
    }
    let [create, change, remove] = counts;
    writeln!(output, "{create} to create, {change} to change, {remove} to remove")?;
    output.flush()?;
    Ok(())
}

fn worded(difference: &Difference, fate: Fate) -> String {
    let (sign, colour) = match difference.action {
        Action::Create => ('+', AnsiColor::Green),
        Action::Change => ('~', AnsiColor::Yellow),
        Action::Remove => ('-', AnsiColor::Red),
    };
    let style = Style::new().fg_color(Some(colour.into()));
    let line = |member| format!("    {}\n", member_line(member, difference.action, fate));
    let members = difference.members.iter().map(line);
    format!("{style}{sign} {}{style:#}\n{}", plain(&difference.what), members.collect::<String>())
}

fn member_line(Member { path, change }: &Member, action: Action, fate: Fate) -> String {
    match change {
        MemberChange::Drawn(_) if fate == Fate::Forgotten => format!("{path}: generated when applied"),
        MemberChange::Drawn(None) => format!("{path}: generated"),
        MemberChange::Drawn(drawn) => format!("{path}: {}", value(drawn.as_ref())),
        MemberChange::Secret(how) => format!("{path}: {how}"),
        MemberChange::Ends => format!("{path}: ends"),
        MemberChange::Value { after, .. } if action == Action::Create => format!("{path}: {}", value(after.as_ref())),
        MemberChange::Value { before, after } => {
            format!("{path}: {} -> {}", value(before.as_ref()), value(after.as_ref()))
        }
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => "(default)".to_owned(),
        Some(Value::String(text)) => plain(text),
        Some(other) => plain(&other.to_string()),
    }
}

/// A text as it may stand on a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
