//! A plan: every change that a configuration needs, to be shown, and to be carried out as it was shown.

use std::{
    iter,
    ops::ControlFlow,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
};

use futures_util::{StreamExt, stream};

use super::{
    ApplyError, Difference, DrawnSecret, StopCause, Stopped, Wanted,
    credentials::credentials,
    difference::Comparison,
    index::Index,
    planner::{NamedSpkey, Planner, named, spkeys},
    rivals,
    step::{Edit, Step, Turn},
};
use crate::{
    endpoint::admin::shut_out::ShutOutError,
    env::World,
    store::{Change, CommitError, DataKeys, Reader, Snapshot, Writer},
};

/// What is to be changed, and what is there.
#[derive(Debug)]
pub struct Plan {
    current: Snapshot,
    names: Vec<NamedSpkey>,
    world: World,
    steps: Vec<Step>,
}

/// How far a plan is carried out.
#[derive(Debug)]
pub struct Progress {
    /// Changes that are made.
    pub written: usize,
    /// A secret that was drawn for the last of them, or for one that may have been made.
    pub drawn: Option<DrawnSecret>,
}

/// Compares what is wanted with what is stored. Nothing is written.
///
/// # Errors
/// [`ApplyError::Read`] and [`ApplyError::Refused`].
pub async fn plan(
    wanted: &Wanted<'_>,
    reader: &Reader,
    data_keys: &DataKeys,
    world: &World,
) -> Result<Plan, ApplyError> {
    let current = reader.snapshot().await.map_err(ApplyError::Read)?;
    let (env, configuration) = (world.env(), wanted.configuration);
    let index = Index::new(configuration, &current);
    let spkeys = spkeys(&configuration.services, &index, &env);
    if !wanted.prune {
        rivals::refuse(configuration, &current, &index, &spkeys)?;
    }
    let names = named(&spkeys, &index, configuration);
    let credentials = credentials(wanted, (&current, &spkeys), data_keys, &env).await?;
    let planner = Planner { wanted, current: &current, index, spkeys, credentials, env: &env, steps: Vec::new() };
    let mut steps = planner.steps();
    steps.sort_by_key(|step| Turn::of(&step.edit));
    Ok(Plan { current, names, world: world.clone(), steps })
}

impl Plan {
    /// How many changes there are.
    pub fn changes(&self) -> usize {
        self.steps.len()
    }

    /// The changes in words, in the order in which they are made.
    pub fn differences(&self) -> impl Iterator<Item = Difference> + '_ {
        let comparison = Comparison::new(&self.current, &self.names);
        self.steps.iter().map(move |step| comparison.of(step))
    }

    /// Makes the changes, kind after kind, at most so many at the same time. `told` hears of each, in order, and may
    /// stop the run; what is on its way then is waited for, and a run with nothing left is whole.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn carry_out(
        self,
        store: &Writer,
        in_flight: usize,
        mut told: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<usize, Stopped> {
        let Self { world, steps, .. } = self;
        let (mut written, all) = (0, steps.len());
        let mut steps = steps.into_iter().peekable();
        while let Some(turn) = steps.peek().map(|step| Turn::of(&step.edit)) {
            let is_over = AtomicBool::new(false);
            let of_turn = iter::from_fn(|| steps.next_if(|step| Turn::of(&step.edit) == turn));
            let of_turn = of_turn.take_while(|_| !is_over.load(Ordering::Relaxed));
            let mut writes = pin!(stream::iter(of_turn).map(|step| make(step, store, &world)).buffered(in_flight));
            let mut cause = None;
            while let Some((result, drawn)) = writes.next().await {
                written += usize::from(result.is_ok());
                let is_stopped = told(Progress { written, drawn }).is_break();
                cause = cause.or(result.err()).or(is_stopped.then_some(StopCause::Asked));
                is_over.store(cause.is_some(), Ordering::Relaxed);
            }
            match cause {
                None => {}
                Some(StopCause::Asked) if written == all => {}
                Some(cause) => return Err(Stopped { written, cause }),
            }
        }
        Ok(written)
    }
}

/// Makes one change. A secret whose write has no answer is shown, too: the write may have been made.
async fn make(step: Step, store: &Writer, world: &World) -> (Result<(), StopCause>, Option<DrawnSecret>) {
    let result = match step.edit {
        Edit::Save { record, over, attempt } => committed(store, Change::Save { record, over, attempt }).await,
        Edit::Remove { key, over } => committed(store, Change::Remove { key, over }).await,
        Edit::ShutOut(shut_out) => {
            let owner = shut_out.before.value.username.clone();
            shut_out.carry_out(store, world).await.map(drop).map_err(|error| match error {
                ShutOutError::Unwritten(error) => StopCause::Failed(error),
                ShutOutError::Unrevoked(error) => StopCause::Unrevoked { owner, error },
            })
        }
    };
    let drawn = match &result {
        Ok(()) => step.drawn.map(|drawn| DrawnSecret { confirmed: true, ..drawn }),
        Err(StopCause::Failed(CommitError::Store(_))) => step.drawn,
        Err(_) => None,
    };
    (result, drawn)
}

async fn committed(store: &Writer, change: Change) -> Result<(), StopCause> {
    store.commit(change).await.map_err(StopCause::Failed)
}
