// Tells when the wall clock was set, or the machine slept, by holding it against the clock that only counts up.

/**
 * A difference of at least this much, in ms, is a jump.
 *
 * Less may be the time service at work: NTP slews by up to 500 ppm (RFC 5905; `MAX_TICKADJ` in Linux's kernel/time/ntp.c),
 * 30 ms in the minute that a clock lets pass between looks at most, and ntpd steps what is off by more than 128 ms. A service
 * that slews faster (chrony can) makes small jumps of it, which do no harm.
 */
const LEAST_JUMP_MS = 100;

/**
 * Compares how far `Date.now()` and `performance.now()` have moved since it last looked.
 *
 * On Linux `performance.now()` stands still while the machine sleeps, so a sleep looks like a jump forward.
 */
export class JumpWatch {
  /** What the wall clock showed at the last look, epoch ms. */
  wall = 0;
  /** What the clock that only counts up showed at the last look, ms. */
  elapsed = 0;
  #offset = 0;

  /** How far the wall clock has jumped since the last look, in whole ms; 0 when it has not. What the first look gives means nothing. */
  look(): number {
    let by = this.#read();
    // The process may have been held up between the two readings, which looks like a jump: so once more.
    if (Math.abs(by) >= LEAST_JUMP_MS) by = this.#read();
    this.#offset += by;
    return Math.abs(by) >= LEAST_JUMP_MS ? Math.round(by) : 0;
  }

  /** The same, for who is content with `wall`: within one millisecond nothing is to be seen, and one clock is read sooner than two. */
  glance(): number {
    return Date.now() === this.wall ? 0 : this.look();
  }

  /** Both clocks are read through the globals, so that fake timers and spies rule them. */
  #read(): number {
    this.wall = Date.now();
    this.elapsed = performance.now();
    return this.wall - this.elapsed - this.#offset;
  }
}
