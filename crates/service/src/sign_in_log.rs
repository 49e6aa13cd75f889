//! The writer of the sign-in log: records are queued off the request path and written in batches.
//!
//! The queue is bounded; when storage is slower than sign-ins, requests wait for room rather than lose a record. An orderly
//! stop writes what is queued.
//!
//! Apps renew their tokens again and again, so what a record says beside its time and ids was mostly said lately. It is written down once
//! and shared: what is queued then is small, and whoever writes a batch works out each of them once.

mod as_sign_in;
mod telling;
mod told;

use std::sync::Arc;
use std::time::Duration;

use doorward_model::TenantId;
use doorward_model::sign_in_record::SignInRecord;
use doorward_store::Store;
use tokio::sync::{Notify, mpsc, oneshot};

pub(crate) use as_sign_in::{AsDevice, AsRegistration, AsSignIn};
pub(crate) use telling::Telling;
use told::Told;

/// Records that wait at most, about 2 KiB each where nothing is shared, and that one transaction writes at most: with fewer in each, so
/// many for every [`GATHERING`] would be all that this node can ever issue.
const QUEUE: usize = 4096;
/// How long a batch is gathered: a commit costs as much as many records, and of what was not committed a crash takes no more than this.
const GATHERING: Duration = Duration::from_millis(50);
/// Tries before a batch is given up, with growing pauses: a full disk may be mended meanwhile.
const TRIES: u32 = 6;

enum Message {
    Record(TenantId, SignInRecord),
    Flush(oneshot::Sender<()>),
}

/// Handle to the writer.
pub struct SignInLog {
    queue: mpsc::Sender<Message>,
    hurry: Arc<Notify>,
    /// For those who make records.
    pub(crate) told: Told,
}

impl SignInLog {
    /// Starts the writer on the present runtime.
    pub fn start(store: Arc<dyn Store>) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE);
        let hurry = Arc::new(Notify::new());
        tokio::spawn(write(store, messages, hurry.clone()));
        Self { queue, hurry, told: Told::default() }
    }

    /// Queues a record; waits when the queue is full.
    pub async fn append(&self, tenant: TenantId, record: SignInRecord) {
        if self.queue.send(Message::Record(tenant, record)).await.is_err() {
            tracing::error!("sign-in log writer is gone; a record was lost");
        }
    }

    /// Returns when everything queued before is written (or was given up and reported).
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Flush(done)).await.is_ok() {
            self.hurry.notify_one();
            // An error means the writer ended; it has nothing left then.
            let _ended = wait.await;
        }
    }
}

async fn write(store: Arc<dyn Store>, mut messages: mpsc::Receiver<Message>, hurry: Arc<Notify>) {
    let mut inbox = Vec::with_capacity(QUEUE);
    while messages.recv_many(&mut inbox, QUEUE).await > 0 {
        tokio::select! {
            () = tokio::time::sleep(GATHERING) => {}
            () = hurry.notified() => {}
        }
        inbox.extend(std::iter::from_fn(|| messages.try_recv().ok()).take(QUEUE - inbox.len()));
        let mut batches: Vec<(TenantId, Vec<SignInRecord>)> = Vec::new();
        let mut waiting = Vec::new();
        for message in inbox.drain(..) {
            match message {
                Message::Record(tenant, record) => match batches.iter_mut().find(|(owner, _)| *owner == tenant) {
                    Some((_, records)) => records.push(record),
                    None => batches.push((tenant, vec![record])),
                },
                Message::Flush(done) => waiting.push(done),
            }
        }
        for (tenant, records) in batches {
            write_batch(store.as_ref(), tenant, &records).await;
        }
        for done in waiting {
            // Whoever asked may have stopped waiting.
            let _gone = done.send(());
        }
    }
}

async fn write_batch(store: &dyn Store, tenant: TenantId, records: &[SignInRecord]) {
    for attempt in 0..TRIES {
        match append(store, tenant, records).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, attempt, records = records.len(), "sign-in log: write failed");
                tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
            }
        }
    }
    for record in records {
        // The log of the process is the last place that can hold it.
        tracing::error!(record = %serde_json::json!(record), "sign-in log: record not stored");
    }
}

async fn append(store: &dyn Store, tenant: TenantId, records: &[SignInRecord]) -> doorward_store::Result<()> {
    let mut unit = store.tenant(tenant).write().await?;
    unit.logs().append_sign_ins(records).await?;
    unit.commit().await
}
