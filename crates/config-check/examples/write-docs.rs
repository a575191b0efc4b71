//! Writes the pages made from tables into `FOLDER/lints` and `FOLDER/reference`, and removes those that are gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("usage: write-docs FOLDER"))?;
    write(&folder.join("lints"), config_check::pages())?;
    write(&folder.join("reference"), config_check::reference())
}

fn write(folder: &Path, pages: BTreeMap<String, String>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
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
