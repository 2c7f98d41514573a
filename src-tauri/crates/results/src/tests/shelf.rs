//! Folders that come and go.

use std::fs;
use std::path::Path;

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| name(entry).unwrap()).collect();
    names.sort();
    names
}

/// A run that ended without a word, with a set in it.
fn left_by_a_crash(root: &Path, id: u32) -> String {
    let name = format!("run-{id:032x}");
    fs::create_dir_all(root.join(&name).join("set-1")).unwrap();
    fs::write(root.join(&name).join("lock"), "").unwrap();
    fs::write(root.join(&name).join("set-1/heads"), "left").unwrap();
    name
}

#[test]
fn a_set_is_gone_when_it_is_dropped_and_all_are_with_their_shelf() {
    let root = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(&root.path().join("not/there/yet")).unwrap();
    let (first, second) = (shelf.create().unwrap(), shelf.create().unwrap());
    assert_ne!(first.folder(), second.folder());
    assert_ne!(first.key().expose(), second.key().expose());
    assert_eq!(names(second.folder()), ["heads", "records"]);
    let (gone, run) = (first.folder().to_owned(), first.folder().parent().unwrap().to_owned());
    drop(first);
    assert!(!gone.exists());
    assert_eq!(names(&run), ["lock", "set-2"]);
    drop(shelf);
    assert!(!run.exists() && !second.folder().exists());
    drop(second);
}

#[test]
fn what_a_former_run_left_is_removed_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let other = Shelf::open(root.path()).unwrap();
    let set = other.create().unwrap();
    for id in 0..3 {
        left_by_a_crash(root.path(), id);
    }
    // A crash between creating the folder and its lock.
    fs::create_dir(root.path().join(format!("run-{:032x}", 9))).unwrap();
    for not_ours in ["run-of-the-mill", "profiles", "run-"] {
        fs::create_dir(root.path().join(not_ours)).unwrap();
        fs::write(root.path().join(not_ours).join("lock"), "").unwrap();
    }
    fs::write(root.path().join(format!("run-{:032x}", 10)), "a file").unwrap();
    let shelf = Shelf::open(root.path()).unwrap();
    assert_eq!(shelf.leftover(), None);
    assert!(set.folder().exists(), "the other console still runs");
    let own = shelf.create().unwrap();
    let run = |set: &Set| {
        set.folder().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
    };
    let mut expected = vec![
        run(&set),
        run(&own),
        format!("run-{:032x}", 10),
        "run-".into(),
        "run-of-the-mill".into(),
        "profiles".into(),
    ];
    expected.sort();
    assert_eq!(names(root.path()), expected);
    drop(other);
    drop(shelf);
    assert_eq!(names(root.path()).len(), 4);
}

#[test]
fn consoles_that_start_at_once_leave_each_other_alone() {
    let root = tempfile::tempdir().unwrap();
    let shelves: Vec<Shelf> = std::thread::scope(|threads| {
        let starts: Vec<_> =
            (0..16).map(|_| threads.spawn(|| Shelf::open(root.path()).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    for shelf in &shelves {
        assert_eq!(shelf.leftover(), None);
        let set = shelf.create().unwrap();
        assert!(set.folder().join("heads").exists());
    }
    assert_eq!(names(root.path()).len(), 16);
    drop(shelves);
    assert_eq!(names(root.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_link_to_somebody_elses_folder_is_not_followed() {
    let root = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("precious"), "").unwrap();
    let run = left_by_a_crash(root.path(), 1);
    std::os::unix::fs::symlink(elsewhere.path(), root.path().join(&run).join("link")).unwrap();
    let link = root.path().join(format!("run-{:032x}", 2));
    std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
    let _shelf = Shelf::open(root.path()).unwrap();
    assert!(elsewhere.path().join("precious").exists());
    assert!(!root.path().join(run).exists());
}

#[cfg(unix)]
#[test]
fn everything_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let _writer = fixture.writer();
    let folder = fixture.set.folder();
    let run = folder.parent().unwrap();
    let all = [run.into(), run.join("lock"), folder.into()]
        .into_iter()
        .chain(names(folder).into_iter().map(|name| folder.join(name)));
    for path in all {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}
