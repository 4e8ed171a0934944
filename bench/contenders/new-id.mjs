import { randomUUID } from 'node:crypto';

/** A random UUID as one flat string, as carillon makes them: Node's own is a chain of pieces that takes 450 bytes. */
export function newId() {
  const id = randomUUID();
  id.charCodeAt(0);
  return id;
}
