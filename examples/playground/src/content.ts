// Bytes in answers, and offsets into them.

import type { Content } from 'weirgate';

/** The content as a text, with U+FFFD for what is no UTF-8. */
export function text(content: Content | null): string {
  if (content === null) return '';
  if (typeof content === 'string') return content;
  return new TextDecoder().decode(Uint8Array.from(atob(content.base64), (character) => character.charCodeAt(0)));
}

/** An offset in UTF-8 bytes as one in UTF-16 units. */
export function utf16Offset(text: string, bytes: number): number {
  let units = 0;
  let seen = 0;
  for (const character of text) {
    if (seen >= bytes) break;
    const code = character.codePointAt(0) ?? 0;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}
