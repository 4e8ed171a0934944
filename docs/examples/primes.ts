// Heavy work: on the event loop it would hold up everything else for a second or more.

/** How many primes there are below a number: by division, since to be slow is the point of it. */
export function countPrimes(below: number): number {
  let count = 0;
  for (let n = 2; n < below; n++) if (isPrime(n)) count++;
  return count;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
