// Ready configurations with something to run through them.

import containerdConf from '../data/logs/containerd/fluent-bit.conf';
import containerdParsers from '../data/logs/containerd/parsers.conf';
import elasticsearchConf from '../data/logs/elasticsearch/fluent-bit.conf';
import elasticsearchFilter from '../data/logs/elasticsearch/filter.conf';
import elasticsearchInput from '../data/logs/elasticsearch/input.conf';
import elasticsearchOutput from '../data/logs/elasticsearch/output.conf';
import elasticsearchParsers from '../data/logs/elasticsearch/parsers.conf';
import filteringConf from '../data/logs/filtering/fluent-bit.conf';
import filteringFilter from '../data/logs/filtering/filter.conf';
import filteringInput from '../data/logs/filtering/input.conf';
import filteringOutput from '../data/logs/filtering/output.conf';
import filteringParsers from '../data/logs/filtering/parsers.conf';
import criLines from '../data/logs/numbers-api.cri.log';
import dockerLines from '../data/logs/numbers-api.log';
import logPods from '../data/logs/pods.json';
import stdoutConf from '../data/logs/stdout/fluent-bit.conf';
import stdoutFilter from '../data/logs/stdout/filter.conf';
import stdoutInput from '../data/logs/stdout/input.conf';
import stdoutOutput from '../data/logs/stdout/output.conf';
import stdoutParsers from '../data/logs/stdout/parsers.conf';
import trapsConf from '../data/logs/traps/fluent-bit.conf';
import trapsParsers from '../data/logs/traps/parsers.conf';
import cadvisor from '../data/metrics/cadvisor-and-kube-state-metrics/prometheus.yml';
import exposition from '../data/metrics/exposition.prom';
import pathAnnotation from '../data/metrics/path-annotation/prometheus.yml';
import metricPods from '../data/metrics/pods.json';
import rewritten from '../data/metrics/rewritten/prometheus.yml';
import testPods from '../data/metrics/test-pods/prometheus.yml';
import type { LogsState, MetricsState } from './state.ts';

const path = '/var/log/containers/numbers-api-6c8f5d7b9d-x2lqp_kiamol-ch13-test_api-7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a7f3a.log';

const docker = (files: Record<string, string>): LogsState => ({ files, path, lines: dockerLines, pods: logPods, mode: 'safe' });

const scrape = (prometheus: string): MetricsState => ({ prometheus, pods: metricPods, exposition, contentType: 'text/plain; version=0.0.4' });

export const logs: Record<string, LogsState> = {
  'Filter by priority': docker({ 'fluent-bit.conf': filteringConf, 'input.conf': filteringInput, 'filter.conf': filteringFilter, 'output.conf': filteringOutput, 'parsers.conf': filteringParsers }),
  'To Elasticsearch': docker({ 'fluent-bit.conf': elasticsearchConf, 'input.conf': elasticsearchInput, 'filter.conf': elasticsearchFilter, 'output.conf': elasticsearchOutput, 'parsers.conf': elasticsearchParsers }),
  'To standard output': docker({ 'fluent-bit.conf': stdoutConf, 'input.conf': stdoutInput, 'filter.conf': stdoutFilter, 'output.conf': stdoutOutput, 'parsers.conf': stdoutParsers }),
  'containerd lines': { ...docker({ 'fluent-bit.conf': containerdConf, 'parsers.conf': containerdParsers }), lines: criLines },
  'Traps': docker({ 'fluent-bit.conf': trapsConf, 'parsers.conf': trapsParsers }),
};

export const metrics: Record<string, MetricsState> = {
  'Pods that say how': scrape(rewritten),
  'Pods of a namespace': scrape(testPods),
  'Path from an annotation': scrape(pathAnnotation),
  'cAdvisor and kube-state-metrics': scrape(cadvisor),
};
