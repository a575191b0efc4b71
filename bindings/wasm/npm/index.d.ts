// Types of the npm package weirgate. The names of members are those of the JSON that every language speaks.

/** Bytes: a text, or base64 where they are no UTF-8. */
export type Content = string | { base64: string };
/** Bytes for a question; a Uint8Array is sent as base64. */
export type Bytes = Content | Uint8Array;
/** Files by name. */
export type Files = Record<string, Bytes> | Map<string, Bytes>;
/** A time: seconds since 1970, or `"seconds.nanoseconds"`. Answers have the latter. */
export type Time = string | number | bigint;
/** What columns and offsets count; this package asks for `utf16` unless told otherwise. */
export type Positions = 'utf16' | 'characters' | 'bytes';
/** `safe`: nothing is lost; else that release of Fluent Bit to the letter. */
export type Mode = 'safe' | '5.1' | '1.8';
export type Severity = 'error' | 'warning' | 'info';
/** A value of a record. Integers that a number cannot hold exactly are BigInt. */
export type RecordValue = null | boolean | number | bigint | string | RecordValue[] | Fields;
/**
 * The fields of a record. A map with a repeated key is `{$pairs: [[key, value], …]}`, text that is no UTF-8
 * `{$bytes: "hex"}`, a float that is no number `{$float: "nan" | "inf" | "-inf"}`.
 */
export interface Fields {
  [key: string]: RecordValue;
}
/** Labels by name. */
export type Labels = Record<string, string>;
/** Kubernetes objects: one, a List, an array of them, or a JSON text of any of these. */
export type Objects = string | object;

/** A range in a file: lines and columns from 1, offsets from 0; the end is behind the last character. */
export interface Place {
  file: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  start: number;
  end: number;
}

/** What repairs a problem. */
export interface Fix {
  /** What it does, in a few words. */
  title: string;
  /** Whether a machine may apply it; else somebody should look at it first. */
  certain: boolean;
  /** The replacements, all of which are needed. */
  edits: Edit[];
}

/** A replacement. */
export interface Edit extends Place {
  replacement: string;
}

/** A problem. Members that say where are null if it has no place. */
export interface Diagnostic {
  file: string | null;
  line: number | null;
  column: number | null;
  end_line: number | null;
  end_column: number | null;
  severity: Severity;
  /** Stable: programs may match on it. */
  code: string;
  message: string;
  /** The next step. */
  help: string | null;
  /** What repairs it. */
  fix: Fix | null;
  start?: number;
  end?: number;
  /** Other places that explain it. */
  labels?: (Place & { message: string })[];
}

export type ErrorKind = 'unknown-method' | 'invalid-request' | 'invalid-input' | 'not-loaded';

/** What a browser loads: the module of either half of the questions, and the texts of the lints. */
export type Part = 'logs' | 'metrics' | 'lints';

/** A question that has no answer. A configuration that is wrong has one: diagnostics. */
export class WeirgateError extends Error {
  readonly kind: ErrorKind;
  /** With the kind `not-loaded`: what `init` has to load before the question is asked again. */
  readonly part?: Part;
}

/**
 * Loads a part in a browser, or all of them; call and await it before a question. By default the files
 * `weirgate-logs.wasm`, `weirgate-metrics.wasm` and `lints.json` beside the package's files are fetched. A question
 * for a part that is not loaded throws an error of the kind `not-loaded`, which names the part. Node needs no such
 * call.
 */
export function init(part?: Part, source?: string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module): Promise<void>;

/** Asks a question in JSON and gives the JSON of the answer, byte for byte that of the other languages. */
export function call(method: string, request: string): string;

/** `JSON.parse`, with BigInt for integers that a number cannot hold exactly. */
export function parseJson(text: string): unknown;
/** `JSON.stringify`, with BigInt as integers, Uint8Array as `{"base64": "…"}` and Map as objects. */
export function stringifyJson(value: unknown): string;

export interface CheckRequest {
  files: Files;
  /** The entry file; may be left out if it is the only one or has its usual name. */
  main?: string;
  kind?: CheckKind;
  compat?: Mode;
  positions?: Positions;
  env?: Record<string, string>;
}
export type CheckKind = 'auto' | 'fluent-bit' | 'prometheus' | 'kubernetes' | 'open-telemetry' | 'exposition';
export interface CheckAnswer {
  kind: CheckKind;
  diagnostics: Diagnostic[];
}
/** What is wrong with a configuration, a manifest that holds one, or an exposition. */
export function check(request: CheckRequest): CheckAnswer;

export interface FixAnswer {
  /** The messages of the problems that were repaired. */
  repaired: string[];
  /** The files that change, with their new content. */
  files: Record<string, Content>;
  /** What is left. */
  left: CheckAnswer;
}
/** Repairs what a machine can repair without a doubt. */
export function fix(request: CheckRequest): FixAnswer;

/** A code that diagnostics have. */
export interface Lint {
  code: string;
  severity: Severity;
  title: string;
  /** Why it matters; empty for an error that says it all. */
  why: string;
}
/** All codes that `check` knows. */
export function lints(): Lint[];

export interface PipelineRequest {
  /** The configuration and what it names, such as pod metadata to preload. */
  files: Files;
  main?: string;
  /** The log files. */
  inputs?: Files;
  /** The folder that relative names are relative to. */
  folder?: string;
  env?: Record<string, string>;
  /** Pods and namespaces, as an API server describes them. */
  objects?: Objects;
  now?: Time;
  compat?: Mode;
  /** What random ids follow from. */
  seed?: number | bigint;
  positions?: Positions;
}
export interface PipelineAnswer {
  /** Whether it started: not with errors among the diagnostics. */
  started: boolean;
  /** The records that came out of the filters, in order. */
  records: OutputRecord[];
  stdout: Content;
  /** What was written to files. */
  files: Record<string, Content>;
  /** Bulk requests. */
  requests: BulkPost[];
  /** Log files that were not followed, and why. */
  not_followed: [string, string][];
  diagnostics: Diagnostic[];
}
export interface OutputRecord {
  tag: Content;
  time: string;
  record: Fields;
  metadata?: Fields;
  /** The names of the outputs that take it. */
  outputs: string[];
}
export interface BulkPost {
  output: string;
  tag: Content;
  /** The path and query to post it to. */
  target: string;
  body: Content;
  items: BulkItem[];
}
/** What a run of a whole configuration over log files would give. */
export function pipeline(request: PipelineRequest): PipelineAnswer;

export interface ExplainRequest {
  /** The configuration and what it names, such as pod metadata to preload. */
  files: Files;
  main?: string;
  /** The content of the log file. */
  input: Bytes;
  /** The path of the log file; else it is called `input.log` in the folder of the first input. */
  as?: string;
  folder?: string;
  env?: Record<string, string>;
  objects?: Objects;
  now?: Time;
  compat?: Mode;
  seed?: number | bigint;
  positions?: Positions;
}
export interface ExplainAnswer {
  started: boolean;
  /** The path the log file was given. */
  path: string;
  /** The lines, for each input that follows the file. */
  lines: LineTrace[];
  /** The names of all outputs, in the order of the file. */
  outputs: string[];
  /** Why no input follows the file, or one that does not. */
  not_followed: string[];
  diagnostics: Diagnostic[];
}
/** A line and what became of it. */
export interface LineTrace {
  /** From 1. */
  line: number;
  /** Where it starts in the file, in bytes. */
  offset: number;
  text: Content;
  input: string;
  tag: TagTrace;
  state: 'delivered' | 'dropped' | 'unmatched' | 'joined' | 'skipped';
  /** Of a line that was joined: the number of the message's first line. */
  joined_to?: number;
  parser: ParserTrace | null;
  /** Time and fields before the filters. */
  time: string | null;
  record: Fields | null;
  /** Its way through filters and outputs: one for each tag it had. */
  passes: Pass[];
}
export interface TagTrace {
  tag: Content;
  /** What the groups of `Tag_Regex` matched in the path. */
  groups?: Group[];
  /** The pod that the first matching kubernetes filter reads out of the tag. */
  pod?: PodFields;
}
export interface ParserTrace {
  name: string;
  matched: boolean;
  error: string | null;
  warning: string | null;
  time: string | null;
  groups?: Group[];
}
export interface Pass {
  tag: Content;
  /** The filters that match the tag, up to the one that ended it. */
  filters: FilterTrace[];
  /** The record as it left the filters; null if none did. */
  record: Fields | null;
  outputs: OutputTrace[];
}
export interface FilterTrace {
  /** Its name, such as `grep.0`. */
  filter: string;
  place: Place | null;
  verdict: 'keep' | 'drop' | 'retag' | 'wait';
  /** The rules it tried, in order. */
  rules: { text: string; place: Place | null; held: boolean }[];
  /** The rule that decided, by its place in `rules`. */
  decided: number | null;
  notes: ('merged' | 'not-merged' | 'excluded' | 'no-pod' | 'no-metadata' | 'emptied' | 'no-field' | 'not-parsed')[];
  /** The new tag of a copy of the record. */
  retagged?: Content;
  changes: { key: Content; before: RecordValue; after: RecordValue }[];
}
export interface OutputTrace {
  output: string;
  /** What it writes for this record alone; null for an output that writes nothing. */
  bytes: Content | null;
  file?: string;
  /** The item of a bulk request. */
  bulk?: BulkItem;
}
/** What happens to each line of a log file, and which rule decided. */
export function explain(request: ExplainRequest): ExplainAnswer;

export interface ParseRequest {
  /** Files of parsers; with `main`, a whole configuration. */
  files: Files;
  main?: string;
  /** The name of the parser; may be left out if there is only one. */
  parser?: string;
  /** The lines, without their line feeds. */
  lines: Bytes[];
  now?: Time;
  compat?: Mode;
  positions?: Positions;
}
export interface ParseAnswer {
  lines: ParsedLine[];
  diagnostics: Diagnostic[];
}
export interface ParsedLine {
  time: string | null;
  /** Null if the parser did not understand the line. */
  fields: Fields | null;
  error: string | null;
  warning: string | null;
  groups?: Group[];
}
/** A group of a match; offsets are in bytes of what was searched. */
export interface Group {
  name: string;
  value: Content | null;
  start: number | null;
  end: number | null;
}
/** Parses lines with a parser of Fluent Bit. The names of time zones (`Time_Zone`) are unknown here. */
export function parse(request: ParseRequest): ParseAnswer;

export interface TagRequest {
  /** The path of the log file. */
  path: Bytes;
  tag: string;
  tag_regex?: string;
  /** `Kube_Tag_Prefix`; `kube.var.log.containers.` where it is left out. */
  prefix?: string;
  /** The `Regex` of the parser that `Regex_Parser` names. */
  pod_regex?: string;
  compat?: Mode;
}
export interface TagAnswer {
  /** Null if the file gets none and is not followed. */
  tag: Content | null;
  problem: string | null;
  groups: Group[];
  /** What the kubernetes filter reads out of the tag. */
  pod: PodFields | null;
  pod_problem: string | null;
  /** What the file's name says, if it is that of a container's log. */
  container_log: PodFields | null;
}
export interface PodFields {
  pod_name: Content | null;
  namespace_name: Content | null;
  container_name: Content | null;
  docker_id: Content | null;
}
/** The tag of a log file, and the pod that is read out of it. */
export function tag(request: TagRequest): TagAnswer;

export interface RelabelRequest {
  /** YAML of rules: the value of `relabel_configs`, or a mapping with that key. Or else `prometheus`. */
  rules?: string;
  /** A whole prometheus.yml: the answer then says which target the labels make. */
  prometheus?: string;
  job?: string;
  labels: Labels | [string, string][];
  /** Which names are valid; for `rules` alone. */
  scheme?: 'utf8' | 'legacy';
  /** 2: addresses get the port of their scheme, as in Prometheus 2. */
  port_defaults?: 2 | 3;
  positions?: Positions;
}
export interface RelabelAnswer {
  /** Null if the rules cannot be applied. */
  keep: boolean | null;
  labels: Labels | null;
  before: Labels;
  /** What each rule did, up to the one that dropped the labels. */
  steps: RelabelStep[];
  target: Target | null;
  target_error: string | null;
  diagnostics: Diagnostic[];
}
export interface RelabelStep {
  /** The rule's place in the list, from 0. */
  rule: number;
  place: Place | null;
  action: string;
  /** The source labels joined; null for rules that look at names. */
  value: string | null;
  compared: string | null;
  names: string[] | null;
  regex: string | null;
  matched: boolean | null;
  /** The groups of the match, the whole match first. */
  groups: MatchGroup[];
  effect: 'nothing' | 'no-match' | 'invalid-target' | 'changed' | 'dropped';
  changes: LabelChange[];
}
export interface MatchGroup {
  name: string | null;
  value: string | null;
  start: number | null;
  end: number | null;
}
export interface LabelChange {
  name: string;
  before: string | null;
  after: string | null;
}
export interface Target {
  url: string;
  labels: Labels;
  interval_ms: number;
  timeout_ms: number;
}
/** What each relabelling rule does to a set of labels. */
export function relabel(request: RelabelRequest): RelabelAnswer;

export interface DiscoverRequest {
  /** YAML of one entry of `kubernetes_sd_configs`, such as `role: pod`. */
  config: string;
  objects: Objects;
  /** The namespace that `own_namespace: true` means. */
  own_namespace?: string;
}
export interface DiscoverAnswer {
  groups: { source: string; labels: Labels; targets: Labels[] }[];
  diagnostics: Diagnostic[];
}
/** Target groups of Kubernetes objects. */
export function discover(request: DiscoverRequest): DiscoverAnswer;

export interface TargetsRequest {
  /** The prometheus.yml. */
  prometheus: string;
  objects?: Objects;
  /** The files that `file_sd_configs` names. */
  files?: Files;
  port_defaults?: 2 | 3;
  own_namespace?: string;
  positions?: Positions;
}
export interface TargetsAnswer {
  /** None if the file has errors. */
  jobs: JobTargets[];
  diagnostics: Diagnostic[];
}
export interface JobTargets {
  job: string;
  active: (Target & { discovered: Labels })[];
  dropped: { step: RelabelStep; discovered: Labels }[];
  /** The discovered labels of entries that make a target which another entry makes too. */
  merged: Labels[];
  /** Entries that make no target, in Prometheus' words. */
  failures: string[];
  /** Ways of discovery that have no answer without asking somebody. */
  not_asked: string[];
}
/** The targets of each job, and what its rules dropped. */
export function targets(request: TargetsRequest): TargetsAnswer;

export interface PrometheusConfigRequest {
  prometheus: string;
  env?: Record<string, string>;
  /** Else they read `<secret>`. */
  show_secrets?: boolean;
  positions?: Positions;
}
export interface PrometheusConfigAnswer {
  ok: boolean;
  global: GlobalConfig | null;
  jobs: JobConfig[];
  diagnostics: Diagnostic[];
}
export interface GlobalConfig {
  scrape_interval: string;
  scrape_timeout: string;
  evaluation_interval: string;
  external_labels: [string, string][];
  metric_name_validation_scheme: string;
}
/** A job with what it inherits and the defaults. Limits of 0 are none. */
export interface JobConfig {
  job_name: string;
  honor_labels: boolean;
  honor_timestamps: boolean;
  track_timestamps_staleness: boolean;
  params: Record<string, string[]>;
  scrape_interval: string;
  scrape_timeout: string;
  scrape_protocols: string[];
  fallback_scrape_protocol: string;
  scrape_native_histograms: boolean;
  always_scrape_classic_histograms: boolean;
  convert_classic_histograms_to_nhcb: boolean;
  metrics_path: string;
  scheme: string;
  enable_compression: boolean;
  body_size_limit: number | bigint;
  sample_limit: number | bigint;
  target_limit: number | bigint;
  label_limit: number | bigint;
  label_name_length_limit: number | bigint;
  label_value_length_limit: number | bigint;
  native_histogram_bucket_limit: number | bigint;
  keep_dropped_targets: number | bigint;
  metric_name_validation_scheme: string;
  metric_name_escaping_scheme: string;
  service_discovery: DiscoveryConfig[];
  http: HttpConfig;
  relabel_configs: RelabelRule[];
  metric_relabel_configs: RelabelRule[];
}
export interface RelabelRule {
  source_labels: string[];
  separator: string;
  regex: string;
  modulus: number | bigint;
  target_label: string;
  replacement: string;
  action: string;
}
export type DiscoveryConfig =
  | { type: 'static'; groups: { source: string; targets: [string, string][][]; labels: [string, string][] }[] }
  | {
      type: 'kubernetes';
      role: string;
      api_server: string;
      kubeconfig_file: string;
      http: HttpConfig;
      namespaces: string[];
      own_namespace: boolean;
      selectors: { role: string; label: string; field: string }[];
      attach_metadata: { node: boolean; namespace: boolean; deployment: boolean; job: boolean; cronjob: boolean };
    }
  | { type: 'file'; files: string[]; refresh_interval: string }
  | { type: 'http'; url: string; refresh_interval: string; http: HttpConfig }
  | { type: 'dns'; names: string[]; refresh_interval: string; record_type: string; port: number }
  | { type: 'other'; field: string };
/** How requests are made; a part that is not configured is absent. */
export interface HttpConfig {
  follow_redirects: boolean;
  enable_http2: boolean;
  basic_auth?: { username: string; username_file: string; password: string; password_file: string };
  authorization?: { type: string; credentials: string; credentials_file: string };
  oauth2?: { client_id: string; client_secret: string; client_secret_file: string; scopes: string[]; token_url: string };
  tls_config?: {
    ca: string;
    ca_file: string;
    cert: string;
    cert_file: string;
    key: string;
    key_file: string;
    server_name: string;
    insecure_skip_verify: boolean;
    min_version: string;
    max_version: string;
  };
  proxy_url?: string;
  no_proxy?: string;
  proxy_from_environment?: boolean;
  http_headers?: Record<string, { values: string[]; secrets: string[]; files: string[] }>;
}
/** What a prometheus.yml says, after defaults and inheritance. */
export function prometheusConfig(request: PrometheusConfigRequest): PrometheusConfigAnswer;

export interface ExpositionRequest {
  body: Bytes;
  /** The Content-Type header of the answer it came in. */
  content_type?: string;
  fallback_content_type?: string;
  /** Whether what the standards reject is an error, though a scrape takes it. */
  strict?: boolean;
  type_and_unit_labels?: boolean;
  skip_created_series?: boolean;
}
export interface ExpositionAnswer {
  /** The entries in the order of the body, up to the first error. */
  entries: ExpositionEntry[];
  error: ExpositionProblem | null;
  warning: string | null;
}
/** Values are texts as Prometheus writes them, such as `1e+06`, `NaN`, `+Inf`; times are milliseconds. */
export type ExpositionEntry =
  | { kind: 'series'; labels: [Content, Content][]; value: string; ts: number | bigint | null; start_ts?: number | bigint; exemplar?: Exemplar }
  | { kind: 'histogram'; labels: [Content, Content][]; histogram: NativeHistogram; ts: number | bigint | null }
  | { kind: 'help'; name: Content; text: string }
  | { kind: 'type'; name: Content; type: string }
  | { kind: 'unit'; name: Content; unit: Content }
  | { kind: 'comment'; text: Content };
export interface Exemplar {
  labels: [Content, Content][];
  value: string;
  ts: number | bigint | null;
}
export interface NativeHistogram {
  schema: number;
  zero_threshold: string;
  count: string;
  sum: string;
  gauge: boolean;
}
/** Where reading ended, and why. Column and offset are in bytes. */
export interface ExpositionProblem {
  message: string;
  line: number | null;
  column: number | null;
  offset: number | null;
  /** What the body seems to be instead, such as HTML. */
  seen: string | null;
}
/** Reads an exposition: text, OpenMetrics or protobuf, by its content type. */
export function exposition(request: ExpositionRequest): ExpositionAnswer;

export interface WriteExpositionRequest {
  body: Bytes;
  content_type: string;
  /** The content type to write. */
  to: string;
  escaping?: 'allow-utf-8' | 'underscores' | 'dots' | 'values';
}
export interface WriteExpositionAnswer {
  body: Content | null;
  error: ExpositionProblem | null;
}
/** Writes an exposition in another format. */
export function writeExposition(request: WriteExpositionRequest): WriteExpositionAnswer;

export interface BulkRequest {
  records: { time: Time; record: Fields }[];
  tag?: Bytes;
  /** Options of Fluent Bit's `es` output, such as `{ Logstash_Format: 'On' }`. */
  options?: Record<string, string>;
  now?: Time;
  compat?: Mode;
}
export interface BulkAnswer {
  target: string;
  body: Content;
  items: BulkItem[];
  diagnostics: Diagnostic[];
}
export interface BulkItem {
  /** The line that says what to do with the document. */
  action: Content;
  document: Content;
}
/** The body of a bulk request to Elasticsearch or OpenSearch. */
export function bulk(request: BulkRequest): BulkAnswer;

export interface BulkResponseRequest {
  /** How many items were sent. */
  items: number;
  operation?: 'create' | 'index' | 'update' | 'upsert';
  /** The HTTP status. */
  status: number;
  body: Bytes;
  compat?: Mode;
}
export interface BulkResponseAnswer {
  outcome: 'delivered' | 'partial' | 'retry' | 'refused' | 'types-refused';
  error: ServerError | null;
  /** The documents that are not delivered. */
  verdicts: { item: number; remedy: 'retry' | 'reject'; error: ServerError }[];
}
export interface ServerError {
  status: number;
  type: string;
  reason: string;
}
/** What to do after the server's answer to a bulk request. */
export function bulkResponse(request: BulkResponseRequest): BulkResponseAnswer;

export interface ConvertRequest {
  files: Files;
  main?: string;
  to?: 'yaml' | 'classic';
  compat?: Mode;
  positions?: Positions;
}
export interface ConvertAnswer {
  /** The usual name of the new file. */
  name: string;
  /** Null if the file cannot be read. */
  text: string | null;
  diagnostics: Diagnostic[];
}
/** A Fluent Bit configuration in the other of its two forms, comments kept. */
export function convert(request: ConvertRequest): ConvertAnswer;

export interface TestRequest {
  /** The name of the file of cases. The names in it are relative to its folder. */
  cases: string;
  /** That file and those it names. */
  files: Files;
  positions?: Positions;
}
export interface TestAnswer {
  cases: CaseResult[];
  passed: number;
  failed: number;
  /** Files that the cases name and that are not among those given: give them and ask again. */
  missing: { name: string; is_configuration: boolean }[];
  /** What is wrong with the file of cases. */
  diagnostics: Diagnostic[];
}
export interface CaseResult {
  name: string;
  /** The line it begins at. */
  line: number;
  passed: boolean;
  /** What is not as expected; null for what was not expected, or is missing. */
  differences: { what: string; expected: string | null; found: string | null }[];
}
/** Runs unit tests of configurations. */
export function test(request: TestRequest): TestAnswer;
