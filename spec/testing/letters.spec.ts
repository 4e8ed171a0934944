import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { marbles } from 'rxjs-marbles/jest';
import { TaskScheduler, every } from '../../src/index.js';
import { EVENT_LETTERS, STATUS_LETTERS, eventLetters, statusLetters } from '../../src/testing/index.js';

describe('statusLetters', () => {
  it('makes a letter of each state, and ends as the task does', marbles((m) => {
    const work     =  '--|';
    const expected = 'PR-P-R-(C|)';
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    scheduler.schedule(() => m.cold(work), every(4), { id: 'task', maxRuns: 2, startAt: 1 });
    m.expect(scheduler.task$('task').pipe(statusLetters())).toBeObservable(expected);
  }));
});

describe('eventLetters', () => {
  it('makes a letter of each event of the task’s runs, of no other task, and ends as the task does', marbles((m) => {
    const scheduler = new TaskScheduler({ clock: m.scheduler });
    m.expect(scheduler.events$.pipe(eventLetters('a'))).toBeObservable('s-d-s-(d|)');
    m.expect(scheduler.events$.pipe(eventLetters('b'))).toBeObservable('s---k-(f|)');
    scheduler.schedule(() => m.cold('--|'), every(4), { id: 'a', maxRuns: 2 });
    scheduler.schedule(() => m.cold('------#'), every(4), { id: 'b', until: 8 });
  }));
});

describe('the letters', () => {
  it.each([STATUS_LETTERS, EVENT_LETTERS])('are one for each, and frozen', (letters) => {
    expect(new Set(Object.values(letters)).size).toBe(Object.keys(letters).length);
    expect(Object.values(letters).every((letter) => /^[a-z]$/i.test(letter))).toBe(true);
    expect(Object.isFrozen(letters)).toBe(true);
  });

  it('stand in the glossary', () => {
    const glossary = readFileSync(join(import.meta.dirname, '../../docs/glossary.md'), 'utf8');
    for (const [status, letter] of Object.entries(STATUS_LETTERS)) expect(glossary).toContain(`| \`${letter}\` | \`${status}\` |`);
    for (const letter of Object.values(EVENT_LETTERS)) expect(glossary).toMatch(new RegExp(`\\| \`${letter}\` \\| (a run|ticks) `));
  });
});
