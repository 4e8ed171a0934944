// Text in the cells of a terminal.

const graphemes = new Intl.Segmenter();

/** Control and format characters, lone surrogates, line and paragraph separators: what could move the cursor, or hide. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** East Asian wide and fullwidth characters, and emoji (after Unicode's EastAsianWidth.txt, by blocks). */
const WIDE = /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])/u;

/** The text with nothing in it that a terminal would obey. A file may be called "\x1b[2J". */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16).padStart(2, '0');
    return ESCAPES.get(character) ?? (code <= 0xff ? `\\x${hex}` : `\\u{${hex}}`);
  });
}

const ESCAPES: ReadonlyMap<string, string> = new Map([['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t']]);

/** How many cells printable text takes up. */
export function width(text: string): number {
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += cellsOf(segment);
  return cells;
}

/**
 * Makes any text exactly so many cells wide: with spaces at its end, or cut, with an ellipsis for what is cut off.
 *
 * @param keep which end matters more: of a path, the end
 */
export function fit(text: string, cells: number, keep: 'start' | 'end' = 'start'): string {
  // What is far too long is cut before it is measured: a name, or an error, may have any length.
  const most = 20 * (cells + 1);
  const clean = printable(keep === 'start' ? text.slice(0, most) : text.slice(-most));
  const room = width(clean) > cells ? cells - 1 : cells;
  if (room < 0) return '';
  const isCut = room < cells;
  const segments = [...graphemes.segment(clean)].map(({ segment }) => segment);
  if (keep === 'end') segments.reverse();
  const kept: string[] = [];
  let used = 0;
  for (const segment of segments) {
    if (used + cellsOf(segment) > room) break;
    used += cellsOf(segment);
    kept.push(segment);
  }
  const padding = ' '.repeat(room - used);
  if (keep === 'start') return kept.join('') + (isCut ? '…' : '') + padding;
  return (isCut ? '…' : '') + kept.reverse().join('') + padding;
}

function cellsOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  // A combining mark with nothing to combine with: it joins what stands before it.
  return /^\p{M}/u.test(grapheme) ? 0 : 1;
}
