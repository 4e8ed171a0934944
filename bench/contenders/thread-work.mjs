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
