// How a value is shown in a message: short, on one line, and never by running the user's code.

/** A short picture of any value: `"5 parsecs"`, `-5`, `Invalid Date`, `an object { months }`. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string': return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
    case 'bigint': return `${value}n`;
    case 'symbol': return oneLine(String(value));
    case 'function': return 'a function';
    case 'object': return value === null ? 'null' : showObject(value);
    default: return String(value);
  }
}

function showObject(value: object): string {
  try {
    if (Object.prototype.toString.call(value) === '[object Date]') return showDate(value as Date);
    if (Array.isArray(value)) return `an array of ${value.length}`;
    const data = Object.getOwnPropertyDescriptor(value, 'message')?.value as unknown;
    if (typeof data === 'string') return oneLine(data);
    const keys = Object.keys(value);
    return keys.length > 0 && keys.length <= 4 ? oneLine(`an object { ${keys.join(', ')} }`) : 'an object';
  } catch {
    return 'an object';
  }
}

function showDate(date: Date): string {
  const at = Date.prototype.getTime.call(date);
  return Number.isNaN(at) ? 'Invalid Date' : new Date(at).toISOString();
}

function oneLine(text: string): string {
  const line = text.replace(/\s*\n[^]*$/, ' …');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
