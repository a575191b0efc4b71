// The golden cases give the same bytes as in Rust. ANSWERS names the file that `cargo run -p conformance --bin
// answers` wrote.
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { call } from 'weirgate';

test('golden cases', async (context) => {
  let cases = 0;
  for await (const line of createInterface({ input: createReadStream(process.env.ANSWERS), crlfDelay: Infinity })) {
    const [id, method, request, expected] = line.split('\t');
    let answer;
    try {
      answer = call(method, request);
    } catch ({ kind, message }) {
      answer = JSON.stringify({ kind, message });
    }
    // The module has no tables of time zones.
    if (/Time_Zone|"TZ":"[A-Z][a-z]+\//.test(request)) assert.match(answer, /"invalid-time-zone"/, id);
    else assert.equal(answer, expected, id);
    cases += 1;
  }
  context.diagnostic(`${cases} answers are equal`);
  assert.ok(cases > 1000);
});
