// What shows a job while it runs.

/** A view of a scheduler, which follows its streams until they complete. */
export interface View {
  /** Shows a line of text. */
  readonly print: (line: string) => void;
  /** Resolves when the scheduler has stopped and all is shown. */
  readonly closed: Promise<void>;
}
