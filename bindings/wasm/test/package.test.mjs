// The npm package as Node sees it: what a program that installs it gets.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as weirgate from 'weirgate';

const { call, check, parse, parseJson, pipeline, stringifyJson, tag, WeirgateError } = weirgate;

const config = `[SERVICE]
    Parsers_File parsers.conf
[INPUT]
    Name tail
    Path logs/*.log
    Tag app
    Parser j
[FILTER]
    Name grep
    Match *
    Regex level ^(warn|error)$
[OUTPUT]
    Name es
    Match *
    Suppress_Type_Name On
[OUTPUT]
    Name stdout
    Match *
    Format json_lines
    json_date_key false
`;
const parsers = '[PARSER]\n    Name j\n    Format json\n';

test('a configuration run over lines', () => {
  const answer = pipeline({
    files: { 'fluent-bit.conf': config, 'parsers.conf': parsers },
    inputs: { 'logs/a.log': '{"level":"info"}\n{"level":"warn","n":9007199254740993}\n' },
    now: 1700000000,
  });
  assert.equal(answer.started, true);
  const records = answer.records.map(({ record }) => record);
  assert.deepEqual(records, [{ level: 'warn', n: 9007199254740993n }]);
  assert.equal(answer.stdout, '{"level":"warn","n":9007199254740993}\n');
  assert.equal(answer.requests[0].items.length, 1);
});

test('places are in UTF-16 units', () => {
  const text = '# 😀\n[INPUT]\n    Name tail\n    Pathh 😀/x\n';
  const at = (positions) => {
    const { diagnostics } = check({ files: { 'fluent-bit.conf': text }, ...positions });
    return diagnostics.find(({ line }) => line === 4);
  };
  const found = at({});
  assert.match(text.slice(found.start, found.end), /^Pathh/);
  assert.equal(at({ positions: 'characters' }).start, found.start - 1);
  assert.equal(at({ positions: 'bytes' }).start, found.start + 2);
});

test('bytes go in as Uint8Array and come out as base64', () => {
  const parser = '[PARSER]\n    Name p\n    Format regex\n    Regex ^(?<k>.*)$\n';
  const answer = parse({ files: { 'parsers.conf': parser }, lines: [Uint8Array.of(0x61, 0xff)] });
  assert.deepEqual(answer.lines[0].fields, { k: { $bytes: '61ff' } });
  const made = tag({ path: Uint8Array.of(0x2f, 0xff), tag: 'a.*' });
  assert.deepEqual(made.tag, { base64: Buffer.from([0x61, 0x2e, 0xff]).toString('base64') });
});

test('64-bit integers stay exact', () => {
  const integers = ['9223372036854775807', '-9223372036854775808', '18446744073709551615', '9007199254740993'];
  for (const integer of integers) {
    assert.equal(parseJson(integer), BigInt(integer));
    assert.equal(stringifyJson([BigInt(integer), 's', 'n1']), `[${integer},"s","n1"]`);
  }
  const mixed = '{"12345678901234567":["n9007199254740993",0.12345678901234567,9007199254740991]}';
  const parsed = { '12345678901234567': ['n9007199254740993', 0.12345678901234567, 9007199254740991] };
  assert.deepEqual(parseJson(mixed), parsed);
});

test('a question without an answer throws', () => {
  for (const [ask, kind] of [
    [() => call('chek', '{}'), 'unknown-method'],
    [() => check({ files: {}, color: 1 }), 'invalid-request'],
    [() => check({ files: {} }), 'invalid-input'],
  ]) {
    const fits = (error) => error instanceof WeirgateError && error.kind === kind && error.message.length > 0;
    assert.throws(ask, fits, kind);
  }
});

test('every function has a type', () => {
  const types = readFileSync(new URL('index.d.ts', import.meta.resolve('weirgate')), 'utf8');
  for (const [name, value] of Object.entries(weirgate)) {
    if (typeof value === 'function') assert.match(types, new RegExp(`export (function|class) ${name}\\b`));
  }
});

test('a manifest with configurations of both halves', () => {
  const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: both
data:
  fluent-bit.conf: |
    [INPUT]
        Name tial
  prometheus.yml: |
    scrape_configs:
    - job_name: a
      scrape_timeot: 5s
      relabel_configs:
      - source_labels: [a]
        regex: a
        target_label: b
        replacement: $1
`;
  const { kind, diagnostics } = check({ files: { 'both.yaml': manifest } });
  assert.equal(kind, 'kubernetes');
  const found = diagnostics.map(({ code, line }) => `${line} ${code}`);
  assert.ok(found.includes('8 unknown-plugin'), found);
  assert.ok(found.includes('12 unknown-field'), found);
});

test('cases of both halves', () => {
  const cases = `- name: a line
  config: fluent-bit.conf
  lines: ['{"level":"warn"}', '{"level":"info"}']
  expect:
    records: [{level: warn}]
- name: labels
  rules: rules.yaml
  labels: {a: b}
  expect:
    labels: {a: c}
`;
  const rules = '[{source_labels: [a], target_label: a, replacement: d}]';
  const files = { 'cases.yaml': cases, 'rules.yaml': rules, 'fluent-bit.conf': config, 'parsers.conf': parsers };
  const { passed, cases: results } = weirgate.test({ cases: 'cases.yaml', files });
  assert.equal(passed, 1);
  assert.deepEqual(results[1].differences, [{ what: 'labels, a', expected: '"c"', found: '"d"' }]);
});

test('the lints have their texts', () => {
  const lint = weirgate.lints().find(({ code }) => code === 'dead-grep-rule');
  assert.match(lint.why, /Fluent Bit/);
});

// Both modules are to be below a megabyte, and 400 kB by `gzip -9`. Node's own zlib packs a hundredth less well. Until
// that of the logs is so small it must not grow.
for (const [half, most, mostPacked] of [
  ['logs', 1_160_000, 510_000],
  ['metrics', 1_000_000, 404_000],
]) {
  test(`the module of the ${half} half stays small`, (context) => {
    const bytes = readFileSync(new URL(`weirgate-${half}.wasm`, import.meta.resolve('weirgate')));
    const packed = gzipSync(bytes, { level: 9 }).length;
    context.diagnostic(`${bytes.length} bytes, ${packed} bytes in gzip`);
    assert.ok(bytes.length < most, `${bytes.length} bytes`);
    assert.ok(packed < mostPacked, `${packed} bytes in gzip`);
  });
}
