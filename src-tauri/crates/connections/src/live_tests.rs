use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

async fn open(client: u32) -> Result<u32, Failure> {
    Ok(client)
}

async fn fail(code: Code) -> Result<u32, Failure> {
    Err(Failure::new(code, "no"))
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_attempt() {
    let live = Arc::new(Live::default());
    let id = ProfileId::random();
    let attempts = Arc::new(AtomicUsize::new(0));
    let ask = || {
        let (live, attempts) = (Arc::clone(&live), Arc::clone(&attempts));
        tokio::spawn(async move {
            let open = || async {
                attempts.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(7)
            };
            live.get_or_open(id, open).await
        })
    };
    let asked: Vec<_> = (0..20).map(|_| ask()).collect();
    for asked in asked {
        assert_eq!(*asked.await.unwrap().unwrap(), 7);
    }
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
    assert_eq!(live.open_ids(), [id]);
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again_until_asked() {
    let live = Live::default();
    let id = ProfileId::random();
    let refused = live.get_or_open(id, || fail(Code::Authentication)).await.unwrap_err();
    let again = live.get_or_open(id, || async { panic!("an account may be locked by this") }).await;
    assert_eq!(again.unwrap_err(), refused);
    assert_eq!(live.close(id), None);
    assert_eq!(*live.get_or_open(id, || open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn any_other_failure_is_tried_again() {
    let live = Live::default();
    let id = ProfileId::random();
    assert!(live.get_or_open(id, || fail(Code::Unreachable)).await.is_err());
    assert_eq!(*live.get_or_open(id, || open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn an_attempt_given_up_leaves_the_way_free() {
    let live = Arc::new(Live::default());
    let id = ProfileId::random();
    let (begun, wait) = tokio::sync::oneshot::channel();
    let stuck = tokio::spawn({
        let live = Arc::clone(&live);
        async move {
            let open = || async {
                begun.send(()).unwrap();
                std::future::pending::<Result<u32, Failure>>().await
            };
            live.get_or_open(id, open).await
        }
    });
    wait.await.unwrap();
    assert_eq!(live.peek(id), None);
    stuck.abort();
    assert_eq!(*live.get_or_open(id, || open(1)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_connection_closed_while_it_opens_is_not_found_open_afterwards() {
    let live = Arc::new(Live::default());
    let id = ProfileId::random();
    let closing = Arc::clone(&live);
    let opened = live.get_or_open(id, || async move {
        assert_eq!(closing.close(id), None);
        Ok(1)
    });
    assert_eq!(*opened.await.unwrap(), 1, "who asked gets what was opened");
    assert_eq!(live.peek(id), None);
}

#[tokio::test]
async fn only_the_dead_client_itself_is_discarded() {
    let live = Live::default();
    let id = ProfileId::random();
    let first = live.get_or_open(id, || open(1)).await.unwrap();
    live.discard(id, &first);
    assert_eq!(live.peek(id), None);
    let second = live.get_or_open(id, || open(2)).await.unwrap();
    live.discard(id, &first);
    assert_eq!(live.peek(id), Some(second));
}

#[tokio::test]
async fn a_client_does_not_print_itself() {
    let live = Live::default();
    live.get_or_open(ProfileId::random(), || async { Ok("hunter2") }).await.unwrap();
    assert_eq!(format!("{live:?}"), "Live(1 profiles)");
}
