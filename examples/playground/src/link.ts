// The state of the page in the part of its address that never leaves the browser.

/** Longest text that is unpacked from a link. */
const limit = 8_000_000;

/** Packs a state: JSON, deflated, in URL-safe base64. */
export async function pack(state: unknown): Promise<string> {
  const packed = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream('deflate-raw'), Infinity);
  let binary = '';
  for (const byte of packed) binary += String.fromCharCode(byte);
  return `#1.${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** Reads what `pack` wrote; `undefined` for anything else. Its shape is for the caller to check. */
export async function unpack(hash: string): Promise<unknown> {
  const match = /^#1\.([\w-]+)$/.exec(hash);
  if (!match?.[1]) return undefined;
  try {
    const binary = atob(match[1].replaceAll('-', '+').replaceAll('_', '/'));
    const packed = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(await through(packed, new DecompressionStream('deflate-raw'), limit)));
  } catch {
    return undefined;
  }
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream, limit: number): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array<ArrayBuffer>>).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value as Uint8Array<ArrayBuffer>);
    length += next.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError('the link unpacks to too much');
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
