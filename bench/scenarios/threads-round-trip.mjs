// What a call of a function in a thread costs, when the function costs nothing.
export const title = 'Threads, round trip: a call of add(1, 2) in one of two threads';
export const rounds = 5;
export const contenders = ['carillon', 'piscina', 'workerpool', 'bare-workers', 'inline'];
export const notApplicable = {};
export const base = 'piscina';

export const columns = [
  { key: 'cost', label: 'µs a call', goals: [{ most: 1.15, of: base }] },
];

export function cases({ quick }) {
  return [1, 64].map((inFlight) => ({ inFlight, n: quick ? 1_000 : 20_000, threads: 2 }));
}

export function label({ inFlight }) {
  return `${inFlight} ${inFlight === 1 ? 'call' : 'calls'} in flight`;
}

export async function run({ openThreads }, { inFlight, n, threads }) {
  const { call, close } = await openThreads({ threads, name: 'add' });
  // With more calls than threads, so that all threads are warm.
  await calls(call, n / 2, 64);
  await calls(call, n / 2, inFlight);
  globalThis.gc();
  const { ms, right } = await calls(call, n, inFlight);
  await close();
  return { cost: ms * 1000 / n, wrong: n - right };
}

/** Makes n calls: so many at first, and one more whenever one is answered. */
async function calls(call, n, inFlight) {
  let left = n;
  let right = 0;
  const oneAfterTheOther = async () => {
    while (left-- > 0) if (await call(1, 2) === 3) right++;
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: inFlight }, oneAfterTheOther));
  return { ms: performance.now() - from, right };
}

export function failures({ wrong }) {
  return wrong ? [`${wrong} wrong`] : [];
}
