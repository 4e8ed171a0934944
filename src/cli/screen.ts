// The screen: the terminal's second one, which leaves no trace on the first.
import process from 'node:process';
import type { WriteStream } from 'node:tty';
import type { Size } from './frame.js';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/**
 * Draws frames over one another, on the alternate screen: there a resize can't tear lines apart that were drawn before, and
 * each frame asks anew how large the window is.
 */
export class Screen {
  readonly #terminal: WriteStream;
  /** As it was before anybody put another in its place, to catch what else is written. */
  readonly #write: (text: string) => boolean;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    this.#write = terminal.write.bind(terminal);
    this.#write(ENTER);
    process.on('SIGTSTP', this.#suspend);
  }

  /** At Ctrl-Z the shell needs its own screen, with a cursor. */
  readonly #suspend = (): void => {
    this.#write(LEAVE);
    process.kill(process.pid, 'SIGSTOP');
    // Here it goes on. To wait for SIGCONT would be too late: a frame that is due is drawn before that is heard.
    this.#write(ENTER);
  };

  get size(): Size {
    // A terminal that doesn't know its size says 0.
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  /** Whether the terminal can, and its user wants it to: see NO_COLOR. */
  get colours(): boolean {
    return this.#terminal.hasColors();
  }

  draw(lines: readonly string[]): void {
    // Each line is overwritten and its rest cleared, all in one write: to clear everything first would flicker.
    this.#write(HOME + lines.map((line) => line + CLEAR_LINE).join('\r\n') + CLEAR_BELOW);
  }

  /** Goes back to the first screen and leaves the last frame there. */
  close(lines: readonly string[]): void {
    process.off('SIGTSTP', this.#suspend);
    this.#write(LEAVE);
    this.#write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  }
}
