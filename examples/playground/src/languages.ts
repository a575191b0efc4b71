// Colours for the texts of the editors. They are for the eye alone: what is right and wrong comes from Weirgate.

import { HighlightStyle, type Language, StreamLanguage, type StringStream } from '@codemirror/language';
import { json } from '@codemirror/legacy-modes/mode/javascript';
import { yaml } from '@codemirror/legacy-modes/mode/yaml';
import { tags } from '@lezer/highlight';

const yamlLanguage = StreamLanguage.define(yaml);
const jsonLanguage = StreamLanguage.define({ ...json, tokenTable: { property: tags.propertyName } });

/** Fluent Bit's classic form: sections, then a key and a value in each line. */
const classicLanguage = StreamLanguage.define({
  name: 'fluent-bit',
  startState: () => ({ inValue: false }),
  token(stream: StringStream, state: { inValue: boolean }) {
    if (stream.sol()) {
      state.inValue = false;
      if (stream.eatSpace()) return null;
    }
    if (!state.inValue) {
      if (stream.match(/^#.*/)) return 'comment';
      if (stream.match(/^\[[^\]]*\]/)) return 'heading';
      if (stream.match(/^@\S+/)) return 'keyword';
      if (stream.match(/^\S+/)) {
        state.inValue = true;
        return 'propertyName';
      }
    }
    if (stream.match(/^\$\{[^}]*\}/)) return 'variableName';
    stream.next();
    stream.eatWhile((character) => character !== '$');
    return 'string';
  },
});

/** Samples of the text and OpenMetrics forms. */
const expositionLanguage = StreamLanguage.define({
  name: 'exposition',
  token(stream: StringStream) {
    if (stream.sol() && stream.match(/^#\s*(HELP|TYPE|UNIT|EOF)\b/)) return 'keyword';
    if (stream.match(/^#.*/)) return 'comment';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^[a-zA-Z_:][\w:.]*/)) return stream.peek() === '=' ? 'variableName' : 'propertyName';
    if (stream.match(/^[-+]?(?:\d[\w.+-]*|Inf|NaN)/)) return 'number';
    stream.next();
    return null;
  },
});

export const highlighting = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: tags.heading, color: 'var(--code-heading)', fontWeight: '600' },
  { tag: [tags.keyword, tags.atom, tags.bool], color: 'var(--code-keyword)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-value)' },
  { tag: [tags.variableName, tags.number, tags.meta], color: 'var(--code-number)' },
]);

/** The language of a file, by its name. */
export function languageOf(name: string): Language | undefined {
  if (/\.ya?ml$/.test(name)) return yamlLanguage;
  if (/\.json$/.test(name)) return jsonLanguage;
  if (/\.conf$/.test(name)) return classicLanguage;
  if (/\.prom$/.test(name)) return expositionLanguage;
  return undefined;
}
