// Nothing at all: it has nothing to call.
export function openThreads() {
  return { close: () => undefined };
}
