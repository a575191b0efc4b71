//! Writes the pages about diagnostics into a folder, and removes those of codes that are gone.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: lint-pages FOLDER"))?;
    let pages = config_check::pages();
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if !pages.contains_key(entry.file_name().to_string_lossy().as_ref()) {
            fs::remove_file(entry.path())?;
        }
    }
    for (name, text) in pages {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
