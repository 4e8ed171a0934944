// The command, asked in this process: what it says, and its exit codes.
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../src/cli/command.js';

interface Said { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }

async function ask(...args: string[]): Promise<Said> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await command(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

describe('carillon next', () => {
  const FROM = ['--from', '2026-11-26T00:00Z'];

  it('shows the coming ticks in the time zone, with how long it is until then', async () => {
    expect(await ask('next', '0 9 * * 1-5', '--tz', 'Europe/Berlin', '--count', '3', ...FROM)).toEqual({ code: 0, err: [], out: [
      'Thu 2026-11-26 09:00:00 +01:00  in 8h',
      'Fri 2026-11-27 09:00:00 +01:00  in 1d 8h',
      'Mon 2026-11-30 09:00:00 +01:00  in 4d 8h',
    ] });
  });

  it('shows five from now on, unless it is told otherwise', async () => {
    const { out } = await ask('next', '* * * * *', '--tz', 'UTC');
    expect(out).toHaveLength(5);
    expect(out[0]).toMatch(/^\w{3} \d{4}-\d\d-\d\d \d\d:\d\d:00 \+00:00 {2}(now|in \d+m?s)$/);
  });

  it.each(['every 5m', '5m', 'PT5M', ' every  5m ', 'EVERY 5m'])('takes %j for an interval', async (when) => {
    const { out } = await ask('next', when, '--tz', 'UTC', '--count', '2', ...FROM);
    expect(out).toEqual(['Thu 2026-11-26 00:00:00 +00:00  now', 'Thu 2026-11-26 00:05:00 +00:00  in 5m']);
  });

  it('says when no more will follow', async () => {
    const year = async (when: string): Promise<readonly string[]> => (await ask('next', when, '--tz', 'UTC', ...FROM)).out;
    expect(await year('0 0 0 1 1 * 2027')).toEqual(['Fri 2027-01-01 00:00:00 +00:00  in 36d', 'No further tick will follow.']);
    expect(await year('0 0 0 1 1 * 2020')).toEqual(['No tick will follow.']);
  });

  it('prints one line of JSON', async () => {
    const { out } = await ask('next', '@daily', '--tz', 'Europe/Berlin', '--count', '1', '--json', ...FROM);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([{
      trigger: { kind: 'cron', expression: '@daily', timeZone: 'Europe/Berlin' }, timeZone: 'Europe/Berlin', from: Date.parse('2026-11-26T00:00Z'),
      ticks: [{ at: Date.parse('2026-11-26T23:00Z'), local: '2026-11-27 00:00:00 +01:00', inMs: 82_800_000 }], further: 'some',
    }]);
  });
});

describe('carillon explain', () => {
  it('says it in words, shows ticks, and warns', async () => {
    const { code, out } = await ask('explain', '*/45 2 * * *', '--tz', 'America/New_York', '--count', '1', '--from', '2026-11-26T12:00Z');
    expect(out.slice(0, 3)).toEqual(['At 02:00 and 02:45, every day, in America/New_York.', '  Fri 2026-11-27 02:00:00 -05:00  in 19h', '  …']);
    expect(out[3]).toMatch(/^! On 2027-03-14, clocks in America\/New_York are set forward/);
    expect(code).toBe(0);
  });

  it('prints all of it as one line of JSON', async () => {
    const { out } = await ask('explain', 'every 7m', '--json', '--tz', 'UTC', '--from', '2026-11-26T00:00Z');
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0]!)).toMatchObject({ words: 'Every 7 minutes', ticks: { length: 5 }, warnings: [] });
  });
});

describe('what can\'t be understood', () => {
  const SEE = 'See carillon next --help.';
  const DURATIONS = "Give milliseconds, '250ms', '1h 30m', 'PT5M', or { days, hours, minutes, seconds, milliseconds }.";
  it.each<[args: string[], said: string]>([
    [['nxt'], 'carillon: there is no command nxt. Did you mean next? See carillon --help.'],
    [['constructor'], 'carillon: there is no command constructor. See carillon --help.'],
    [['--versoin'], 'carillon: there is no flag --versoin. Did you mean --version? See carillon --help.'],
    [['next', '* * * * *', '--cuont', '5'], `carillon next: there is no flag --cuont. Did you mean --count? ${SEE}`],
    [['next', '* * * * *', '-x'], `carillon next: there is no flag -x. ${SEE}`],
    [['next', '* * * * *', '--toString'], `carillon next: there is no flag --toString. ${SEE}`],
    [['next', '* * * * *', '--tz'], `carillon next: --tz needs a value: --tz <zone>. ${SEE}`],
    [['next', '* * * * *', '--tz='], `carillon next: --tz needs a value: --tz <zone>. ${SEE}`],
    [['next', '* * * * *', '--tz', '--json'], `carillon next: --tz needs a value; got --json. If that is what you mean, write --tz=--json. ${SEE}`],
    [['next', '* * * * *', '--json=1'], `carillon next: --json takes no value; got "1". ${SEE}`],
    [['next', '* * * * *', '--tz', 'Europe/Berln'], `carillon next: --tz needs the IANA name of a time zone, as 'Europe/Berlin' or 'UTC'; got "Europe/Berln". ${SEE}`],
    [['next', '* * * * *', '--count', '0'], `carillon next: --count needs a whole number of at least 1 and at most 1000; got "0". ${SEE}`],
    [['next', '* * * * *', '--count', '1e3'], `carillon next: --count needs a whole number of at least 1 and at most 1000; got "1e3". ${SEE}`],
    [['next', '* * * * *', '--count', '1001'], `carillon next: --count needs a whole number of at least 1 and at most 1000; got "1001". ${SEE}`],
    [['next', '* * * * *', '--from', '2026-11-26'], `carillon next: --from needs a date and a time that exist, 1970 or later, with an offset or Z, as in '2026-03-08T00:00-05:00'; got "2026-11-26". It has no time of day. ${SEE}`],
    [['next'], `carillon next: say when: a cron expression, as '0 9 * * MON-FRI', or an interval, as 'every 5m'. ${SEE}`],
    [['next', ' '], `carillon next: say when: a cron expression, as '0 9 * * MON-FRI', or an interval, as 'every 5m'. ${SEE}`],
    [['next', '0', '9', 'docs', 'src', '1-5'], `carillon next: there is one argument, and 5 were given. Put a cron expression in quotes: '0 9 docs src 1-5'. ${SEE}`],
    [['next', '5x'], `carillon next: every(interval) can't be read as a duration; got "5x". ${DURATIONS} ${SEE}`],
    [['next', '1h 30x'], `carillon next: every(interval) can't be read as a duration; got "1h 30x". Its part "30x" is none. ${DURATIONS} ${SEE}`],
    [['next', 'every'], `carillon next: every(interval) can't be read as a duration; got "". ${DURATIONS} ${SEE}`],
    [['a\x1b[2J\n'], 'carillon: there is no command a\\x1b[2J\\n. See carillon --help.'],
    [['next', 'every day'], `carillon next: every(interval) can't be read as a duration; got "day". ${DURATIONS} ${SEE}`],
    [['run'], 'carillon run: say which file: a module that exports tasks, as tasks.ts. See carillon run --help.'],
    [['run', 'a.ts', '--deadline', 'soon'], `carillon run: --deadline can't be read as a duration; got "soon". ${DURATIONS} See carillon run --help.`],
    [['run', 'a.ts', '--concurrency', 'many'], 'carillon run: --concurrency needs a whole number of at least 1; got "many". See carillon run --help.'],
    [['run', '/nowhere/a.ts'], 'carillon run: there is no file /nowhere/a.ts. See carillon run --help.'],
    [['run', '/'], 'carillon run: there is no file /. See carillon run --help.'],
  ])('is told in one line, with exit code 2: %j', async (args, said) => {
    expect(await ask(...args)).toEqual({ code: 2, out: [], err: [said] });
  });

  it.each([['61 * * * *', 'Invalid value for minute: 61'], ['0 0 30 2 *', 'never comes'], ['5', 'can\'t be read as a cron expression']])('is told of %j as cron() tells it', async (when, why) => {
    const { code, err } = await ask('next', when);
    expect([code, err]).toEqual([2, [expect.stringContaining(why)]]);
  });

  it('is told in a line that no argument makes long, or has a terminal obey', async () => {
    const { err: [long = ''] } = await ask('next', 'x'.repeat(100_000));
    expect(long.length).toBeLessThan(600);
    const { err: [line = ''] } = await ask('next', 'a\x1b[2J\n b');
    expect(line).toContain('got "a\\u001b[2J\\n b": invalid configuration format, exactly five');
    expect(line).not.toMatch(/\p{Cc}/u);
  });
});

describe('help', () => {
  it.each([['--help'], ['-h'], ['help'], ['next', '--help'], ['explain', '-h'], ['run', '--help'], ['run', 'a.ts', '--help']])('is there for %j, and fits into 80 columns', async (...args) => {
    const { code, out, err } = await ask(...args);
    expect([code, err]).toEqual([0, []]);
    expect(out.length).toBeGreaterThan(5);
    expect(out.filter((line) => line.length > 80 || line.includes('\n'))).toEqual([]);
  });

  it('is that of a command, when asked for it by name', async () => {
    expect(await ask('help', 'next')).toEqual(await ask('next', '--help'));
    expect(await ask('help', 'nobody')).toEqual(await ask('--help'));
  });

  it('names every command, and of a command every flag', async () => {
    expect((await ask('--help')).out.join('\n')).toMatch(/carillon next .*\n.*carillon explain .*\n.*carillon run /);
    expect((await ask('run', '--help')).out.join('\n')).toMatch(/--deadline <duration> .*\n.*--concurrency <n> .*\n.*--json .*\n.*--help /);
  });

  it('is what is said to nothing at all, but that is no success', async () => {
    const [{ code, out, err }, help] = [await ask(), await ask('--help')];
    expect([code, out, err]).toEqual([2, [], help.out]);
  });
});

describe('--version', () => {
  it('is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { readonly version: string };
    expect(await ask('--version')).toEqual({ code: 0, out: [version], err: [] });
  });
});
