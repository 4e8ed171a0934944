// How a value is shown in a message: short, on one line, and never by running the user's code.

/** A short picture of any value: `"5 parsecs"`, `-5`, `Invalid Date`, `an object { months }`. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'bigint': return `${value}n`;
    case 'function': return 'a function';
    case 'object': return value === null ? 'null' : showObject(value);
    default: return String(value);
  }
}

function showObject(value: object): string {
  try {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const data = Object.getOwnPropertyDescriptor(value, 'message')?.value as unknown;
    if (typeof data === 'string') return data.split('\n', 1)[0] ?? '';
    const keys = Object.keys(value);
    return keys.length > 0 && keys.length <= 4 ? `an object { ${keys.join(', ')} }` : 'an object';
  } catch {
    return 'an object';
  }
}
