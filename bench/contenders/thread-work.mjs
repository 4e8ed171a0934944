// What is called in threads.
export async function add(a, b) {
  return a + b;
}

/** Keeps a processor busy for so many ms. */
export async function spin(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return ms;
}

/** Takes as many ms, and keeps no processor busy. */
export async function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return ms;
}
