// What the page shows, and nothing derived from it: this is what a link holds.

export interface LogsState {
  /** The configuration's files. */
  files: Record<string, string>;
  /** The name that the log file has on its node. */
  path: string;
  lines: string;
  /** Pods as `kubectl get pods -o json` prints them. */
  pods: string;
  mode: Mode;
}

export interface MetricsState {
  /** `prometheus.yml`. */
  prometheus: string;
  pods: string;
  exposition: string;
  contentType: string;
}

export const modes = { safe: 'Weirgate', '5.1': 'Fluent Bit 5.1', '1.8': 'Fluent Bit 1.8' };
export type Mode = keyof typeof modes;

export const contentTypes = {
  'text/plain; version=0.0.4': 'Text',
  'application/openmetrics-text; version=1.0.0': 'OpenMetrics',
};

export interface State {
  side: 'logs' | 'metrics';
  logs: LogsState;
  metrics: MetricsState;
}

/** The state in a link, if it is one; whoever made the link is not trusted. */
export function asState(value: unknown): State | undefined {
  if (!isObject(value) || !isObject(value.logs) || !isObject(value.metrics) || !isObject(value.logs.files)) return undefined;
  const { logs, metrics } = value;
  const files = Object.entries(value.logs.files).filter((file): file is [string, string] => typeof file[1] === 'string');
  if (files.length === 0) return undefined;
  return {
    side: value.side === 'metrics' ? 'metrics' : 'logs',
    logs: {
      files: Object.fromEntries(files),
      path: text(logs.path),
      lines: text(logs.lines),
      pods: text(logs.pods),
      mode: Object.keys(modes).find((mode): mode is Mode => mode === logs.mode) ?? 'safe',
    },
    metrics: {
      prometheus: text(metrics.prometheus),
      pods: text(metrics.pods),
      exposition: text(metrics.exposition),
      contentType: Object.keys(contentTypes).find((type) => type === metrics.contentType) ?? Object.keys(contentTypes)[0] ?? '',
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
