//! Writes of the marks that keep an assertion from counting twice.

use super::Writer;
use crate::{
    model::UsedAssertion,
    protocol::Timestamp,
    store::{CommitError, Table, item},
};

impl Writer {
    /// Marks an assertion where no mark is, or one that is over: by the clock that admitted the assertion.
    pub(super) async fn spend(
        &self,
        assertion: &UsedAssertion,
        now: Timestamp,
        attempt: &str,
    ) -> Result<(), CommitError> {
        let mut item = item::to_item(assertion);
        item.insert(item::PURGE_AT.into(), item::number(assertion.purge_at().as_secs()));
        let condition = "attribute_not_exists(id) OR expires_at <= :now";
        let now = [(":now", item::number(now.as_secs()))];
        self.put_if(Table::Tokens, item, condition, attempt, now).await
    }
}
