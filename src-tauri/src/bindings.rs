//! The contract with the UI: commands, events, limits and types, generated into TypeScript.

use tauri_specta::{Builder, ErrorHandlingMode, collect_commands, collect_events};

use crate::commands::{
    access, activity, connections, holds, queues, records, replays, searches, topics, window,
};
use crate::events::{Changed, LeaveAsked};
use crate::wire::limits::Limits;

/// Every command and event, once.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .error_handling(ErrorHandlingMode::Throw)
        // One shape a type: without this every optional field doubles its type for each direction.
        .disable_serde_phases()
        .commands(collect_commands![
            access::lock,
            access::unlock,
            activity::list_activity,
            connections::close_connection,
            connections::get_connection,
            connections::keyring_status,
            connections::list_connections,
            connections::list_notices,
            connections::open_connection,
            connections::remove_connection,
            connections::save_connection,
            connections::secret_places,
            connections::test_connection,
            connections::unlock_keyring,
            holds::acknowledge_held,
            holds::copy_held,
            holds::copy_held_json,
            holds::drop_hold,
            holds::get_held,
            holds::held_rows,
            holds::list_holds,
            holds::preview_hold,
            holds::release_hold,
            holds::return_held,
            holds::save_held,
            holds::start_hold,
            queues::get_queue,
            queues::list_exchanges,
            queues::list_queues,
            records::copy_record,
            records::copy_record_json,
            records::drop_result_set,
            records::get_record,
            records::read_rows,
            records::save_record,
            records::start_read,
            records::stop_read,
            replays::drop_preview,
            replays::list_replays,
            replays::preview_replay,
            replays::start_replay,
            replays::stop_replay,
            searches::check_condition,
            searches::continue_search,
            searches::get_histogram,
            searches::order_rows,
            searches::start_search,
            searches::stop_search,
            topics::get_topic,
            topics::list_topics,
            topics::topic_sizes,
            window::content_shown,
            window::leave,
            window::leave_shown,
            window::set_unsaved,
        ])
        .events(collect_events![Changed, LeaveAsked])
        .constant("limits", Limits::of_this_version())
}

/// Writes the TypeScript side of the contract to a file.
///
/// # Errors
/// A type that the generator cannot express, or a file that cannot be written.
#[cfg(test)]
fn export(path: &std::path::Path) -> Result<(), String> {
    use specta_typescript::Typescript;

    let header =
        "// Generated from Rust (src-tauri/src/bindings.rs): `make bindings`. Do not edit.\n";
    builder().export(Typescript::default().header(header), path).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// Set to write the committed file instead of comparing with it: `make bindings`.
    const UPDATE: &str = "KRONOS_UPDATE_BINDINGS";

    #[test]
    fn the_committed_bindings_are_those_of_this_code() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/platform/bindings.ts");
        if std::env::var_os(UPDATE).is_some() {
            super::export(Path::new(committed)).expect("bindings can be generated");
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let generated = folder.path().join("bindings.ts");
        super::export(&generated).expect("bindings can be generated");
        let read = |path: &Path| std::fs::read_to_string(path).expect("bindings can be read");
        assert!(
            read(&generated) == read(Path::new(committed)),
            "the UI's bindings are out of date: run `make bindings` and commit the result"
        );
    }
}
