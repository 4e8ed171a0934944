// The work of the three examples, as a module for threads.
export function sayHello(name: string): string {
  console.log(`Hello, ${name}!`);
  return `Greeting for ${name} sent.`;
}

export function countUp(count: number, step: number): number {
  console.log(`Counting: ${count}`);
  return count + step;
}

export function divideByZero(n: bigint): bigint {
  return n / 0n;
}
