//! What the kubernetes filter adds, and what it leaves out.

use source_text::Diagnostic;

use super::{certain, is, is_on, likely, note};
use crate::load::Config;
use crate::section::Section;

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for filter in config.filters.iter().filter(|filter| is(filter, "kubernetes")) {
        if is_on(filter, "merge_log") {
            merging(config, filter, problems);
        } else {
            ignored_options(config, filter, problems);
        }
        metadata(config, filter, problems);
    }
}

fn merging(config: &Config, filter: &Section, problems: &mut Vec<Diagnostic>) {
    if filter.get("keep_log").is_none() {
        let problem =
            note(filter, "merge-log-keeps-log", "records carry the log line twice: merged, and as `log`")
                .help("`Keep_Log` is On where it is not set");
        let edit = config.insertion(filter, "Keep_Log", "Off");
        problems.push(likely(problem, "drop `log` after it was merged", [edit]));
    }
    if filter.str("merge_log_key").is_none() {
        let message =
            "fields of the log replace those of the record: an application that logs `time` or `stream` wins";
        let problem =
            note(filter, "merge-log-overrides", message).help("set `Merge_Log_Key` to keep them apart");
        let edit = config.insertion(filter, "Merge_Log_Key", "log_processed");
        problems.push(likely(problem, "keep them apart", [edit]));
    }
    let renamed = config.inputs.iter().filter(|input| is(input, "tail")).find_map(|input| {
        let key = input.get("key").filter(|key| key.value != "log" && !key.value.is_empty())?;
        (input.get("parser").is_none() && input.get("multiline.parser").is_none()).then_some(key)
    });
    if let (Some(key), Some(merge)) = (renamed, filter.get("merge_log")) {
        let problem = Diagnostic::warning(
            "merge-log-without-log",
            merge.key_span,
            format!("nothing is merged: the filter looks for `log`, and lines are kept as `{}`", key.value),
        )
        .label(key.value_span, "named here")
        .help("the name `log` cannot be changed in this filter");
        problems.push(certain(problem, "keep lines as `log`", [key.rewritten("log")]));
    }
}

fn ignored_options(config: &Config, filter: &Section, problems: &mut Vec<Diagnostic>) {
    for key in ["keep_log", "merge_log_key", "merge_parser", "merge_log_trim"] {
        let Some(property) = filter.get(key) else { continue };
        let message = format!("`{}` does nothing without `Merge_Log On`", property.key);
        let problem = Diagnostic::warning("merge-option-ignored", property.key_span, message);
        problems.push(match filter.get("merge_log") {
            None => {
                let edit = config.insertion(filter, "Merge_Log", "On");
                likely(problem.help("set `Merge_Log On`, or remove this"), "merge the log", [edit])
            }
            Some(merge) => problem.label(merge.value_span, "switched off here"),
        });
    }
}

fn metadata(config: &Config, filter: &Section, problems: &mut Vec<Diagnostic>) {
    if filter.get("buffer_size").is_none() {
        let message = "a pod described in more than 32000 bytes has no metadata, and nothing says so";
        let problem = note(filter, "kubernetes-buffer-size", message)
            .help("`Buffer_Size 0` takes pods of any size; weirgate always does");
        let edit = config.insertion(filter, "Buffer_Size", "0");
        problems.push(likely(problem, "take pods of any size", [edit]));
    }
    if filter.get("kube_meta_cache_ttl").is_none() && filter.compat != event_model::Compat::V1_8 {
        let message =
            "metadata is never looked up again: a StatefulSet's pod keeps the labels of its predecessor";
        let problem = note(filter, "stale-metadata", message)
            .help("set `Kube_Meta_Cache_TTL`; weirgate watches pods and needs none");
        let edit = config.insertion(filter, "Kube_Meta_Cache_TTL", "300s");
        problems.push(likely(problem, "look it up again after five minutes", [edit]));
    }
    if let Some(kubelet) = filter.get("use_kubelet").filter(|_| is_on(filter, "use_kubelet")) {
        problems.push(
            Diagnostic::warning(
                "kubelet-name-prefix",
                kubelet.key_span,
                "with `Use_Kubelet`, a pod can get the metadata of another whose name begins with its own",
            )
            .help("Fluent Bit compares only the beginning of names: `web-1` can find `web-10`; weirgate compares all of them"),
        );
    }
}
