// JSON that keeps 64-bit integers: those beyond 2^53 become BigInt, and BigInt is written as an integer.

/** String literals (and whether they are names of members), and integers of 16 digits or more. */
const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON. Integers that a number cannot hold exactly become BigInt.
 * @param {string} text
 */
export function parseJson(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  // Strings and large integers are marked as what they are, so that the reviver can tell them apart.
  const marked = text.replace(tokens, (token, name) => {
    if (name !== undefined) return token;
    if (token.startsWith('"')) return `"s${token.slice(1)}`;
    return Number.isSafeInteger(Number(token)) ? token : `"n${token}"`;
  });
  return JSON.parse(marked, (_, value) => {
    if (typeof value !== 'string') return value;
    return value.startsWith('n') ? BigInt(value.slice(1)) : value.slice(1);
  });
}

/**
 * Writes JSON. BigInt is written as an integer, a Uint8Array as `{"base64": "…"}`, a Map as an object.
 * @param {unknown} value
 */
export function stringifyJson(value) {
  let integers = false;
  const text = JSON.stringify(value, function (name) {
    const member = plain(this[name]);
    if (typeof member !== 'bigint') return member;
    integers = true;
    return 0;
  });
  if (!integers) return text;
  const marked = JSON.stringify(value, function (name) {
    const member = plain(this[name]);
    if (typeof member === 'string') return `s${member}`;
    return typeof member === 'bigint' ? `n${member}` : member;
  });
  return marked.replace(tokens, (token, name) => {
    if (name !== undefined || !token.startsWith('"')) return token;
    return token.startsWith('"n') ? token.slice(2, -1) : `"${token.slice(2)}`;
  });
}

function plain(member) {
  if (member instanceof Uint8Array) return { base64: base64(member) };
  if (member instanceof Map) return Object.fromEntries(member);
  return member;
}

function base64(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
