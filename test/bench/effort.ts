/** How much of it is measured, and where it tells how far it is. */
export interface Effort {
  /** Few and small rounds: to see that it runs, not how fast. */
  readonly isQuick: boolean;
  /** One line for people, beside the table. */
  readonly progress: (text: string) => void;
}
