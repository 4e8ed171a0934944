import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { latestOf } from '../../src/streams/latest-of.js';

const DONE = { done: true, value: undefined };
const value = (of: unknown) => ({ done: false, value: of });

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const each of iterable) values.push(each);
  return values;
}

describe('latestOf', () => {
  it('gives each value to a loop that waits for it, and ends with the source', async () => {
    const source = new Subject<string>();
    const read = all(latestOf(source));
    for (const letter of 'abc') {
      source.next(letter);
      await Promise.resolve();
      await Promise.resolve();
    }
    source.complete();
    expect(await read).toEqual(['a', 'b', 'c']);
  });

  it('gives the latest value alone to one that is slow, and the last one in any case', async () => {
    const source = new Subject<string>();
    const read: string[] = [];
    const loop = (async () => {
      for await (const letter of latestOf(source)) {
        read.push(letter);
        if (letter === 'a') for (const next of 'bcd') source.next(next);
        if (letter === 'd') {
          for (const next of 'ef') source.next(next);
          source.complete();
        }
      }
    })();
    source.next('a');
    await loop;
    expect(read).toEqual(['a', 'd', 'f']);
  });

  it('gives the last of what a source emits at once', async () => {
    expect(await all(latestOf(of('a', 'b', 'c')))).toEqual(['c']);
    expect(await all(latestOf(of()))).toEqual([]);
  });

  it('subscribes at the first step, and unsubscribes when the loop is left', async () => {
    const source = new Subject<string>();
    const iterable = latestOf(source);
    const iterator = iterable[Symbol.asyncIterator]();
    expect(source.observed).toBe(false);
    const loop = (async () => { for await (const letter of iterable) if (letter === 'b') break; })();
    source.next('a');
    await new Promise(setImmediate);
    expect(source.observed).toBe(true);
    source.next('b');
    await loop;
    expect(source.observed).toBe(false);
    await iterator.return?.();
    expect(await iterator.next()).toEqual(DONE);
    expect(source.observed).toBe(false);
  });

  it('unsubscribes when the loop throws', async () => {
    const source = new Subject<string>();
    const loop = (async () => { for await (const letter of latestOf(source)) throw new Error(letter); })();
    source.next('a');
    await expect(loop).rejects.toThrow('a');
    expect(source.observed).toBe(false);
  });

  it('decides: two loops over one iterable watch apart, each with its own subscription', async () => {
    let subscriptions = 0;
    const iterable = latestOf(new Observable<number>((subscriber) => {
      subscriber.next(++subscriptions);
      subscriber.complete();
    }));
    expect([await all(iterable), await all(iterable), subscriptions]).toEqual([[1], [2], 2]);
    const source = new Subject<string>();
    const both = latestOf(source);
    const [first, second] = [both[Symbol.asyncIterator](), both[Symbol.asyncIterator]()];
    const reads = [first.next(), second.next()];
    source.next('a');
    expect(await Promise.all(reads)).toEqual([value('a'), value('a')]);
    await first.return?.();
    const next = second.next();
    source.next('b');
    expect(await next).toEqual(value('b'));
  });

  it('answers in order who asks several times ahead', async () => {
    const source = new Subject<string>();
    const iterator = latestOf(source)[Symbol.asyncIterator]();
    const reads = Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    source.next('a');
    source.next('b');
    source.complete();
    expect(await reads).toEqual([value('a'), value('b'), DONE, DONE]);
    expect(await iterator.next()).toEqual(DONE);
  });

  it('ends at once when it is left while it waits', async () => {
    const iterator = latestOf(NEVER)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual(DONE);
    expect(await waiting).toEqual(DONE);
  });

  it('gives nothing more once it was left, though there is a value', async () => {
    const source = new Subject<string>();
    const iterator = latestOf(source)[Symbol.asyncIterator]();
    const first = iterator.next();
    source.next('a');
    source.next('b');
    await first;
    await iterator.return?.();
    expect(await iterator.next()).toEqual(DONE);
  });

  it('throws the error of the source once, after the latest value', async () => {
    const source = new Subject<string>();
    const iterator = latestOf(source)[Symbol.asyncIterator]();
    const first = iterator.next();
    source.next('a');
    source.next('b');
    source.error(new RangeError('lost'));
    expect([await first, await iterator.next()]).toEqual([value('a'), value('b')]);
    await expect(iterator.next()).rejects.toThrow(new RangeError('lost'));
    expect(await iterator.next()).toEqual(DONE);
    await expect(all(latestOf(throwError(() => new Error('at once'))))).rejects.toThrow('at once');
  });

  it('gives undefined and other empty values as they are', async () => {
    const iterator = latestOf(of(undefined))[Symbol.asyncIterator]();
    expect([await iterator.next(), await iterator.next()]).toEqual([value(undefined), DONE]);
  });
});
