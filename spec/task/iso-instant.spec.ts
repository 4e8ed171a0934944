import { describe, expect, it } from '@jest/globals';
import { isoInstantMs } from '../../src/task/iso-instant.js';

describe('isoInstantMs', () => {
  it.each([
    ['2026-03-08T00:00-05:00', Date.UTC(2026, 2, 8, 5)],
    ['2026-03-08T05:00Z', Date.UTC(2026, 2, 8, 5)],
    ['2026-03-08T05:00:01Z', Date.UTC(2026, 2, 8, 5, 0, 1)],
    ['2026-03-08T05:00:01.25+00:30', Date.UTC(2026, 2, 8, 4, 30, 1, 250)],
    ['2024-02-29T00:00Z', Date.UTC(2024, 1, 29)],
    ['1970-01-01T00:00Z', 0],
  ])('reads %s', (text, ms) => {
    expect(isoInstantMs(text, 'at')).toBe(ms);
  });

  it.each([
    '', 'tomorrow', '2026-03-08', '2026-03-08T00:00', '2026-03-08 00:00Z', '2026-02-29T00:00Z', '2026-04-31T00:00Z', '2026-13-01T00:00Z',
    '2026-03-08T25:00Z', '2026-03-08T00:60Z', '2026-03-08T00:00+25:00', '1969-12-31T23:59Z', '2026-03-08T00:00Z ', '0',
  ])('refuses %p', (text) => {
    expect(() => isoInstantMs(text, 'at')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'at', value: text }));
    expect(() => isoInstantMs(text, 'at')).toThrow(/^at needs a date and a time that exist, 1970 or later, with an offset or Z, as in '2026-03-08T00:00-05:00'; got /);
  });

  it.each([
    ['2026-03-08', 'It has no time of day.'],
    ['2026-03-08T00:00', 'It has no offset, so it is another instant on every machine.'],
    ['2026-03-08T00:00-05:00[America/New_York]', 'Its part "[America/New_York]" is not read.'],
  ])('says of %p what is wrong with it', (text, why) => {
    expect(() => isoInstantMs(text, 'at')).toThrow(why);
  });
});
