/**
 * What a pod knows: the messages of all pods, and which it has missed.
 *
 * NATS delivers at most once, and in order per publisher. So each pod numbers its own messages, and
 * whoever sees a number left out asks the other pods for what is missing.
 */
const LIMIT = 1_000;

/** The newest messages, in the order of their arrival. */
export class Board {
  messages = [];
  missed = 0;
  filled = 0;
  lost = 0;
  #origins = new Map();

  /**
   * Take a message once; `filled` says that it came as history, not live.
   *
   * @param {{ origin: string, pod: string, seq: number, text: string, filled: boolean }} message
   * @returns {"new" | "known" | "after a gap"}
   */
  receive(message) {
    const origin = this.#origin(message.origin);
    const { seq } = message;
    if (seq <= origin.complete || origin.ahead.has(seq)) return "known";
    let gap = 0;
    for (let before = origin.complete + 1; before < seq; before++) {
      if (origin.ahead.has(before) || origin.missing.has(before)) continue;
      origin.missing.add(before);
      gap++;
    }
    const wasMissing = origin.missing.delete(seq);
    this.missed += gap + (message.filled && !wasMissing ? 1 : 0);
    this.filled += message.filled ? 1 : 0;
    origin.ahead.add(seq);
    advance(origin);
    this.messages = [...this.messages, message].slice(-LIMIT);
    return gap ? "after a gap" : "new";
  }

  /** For each origin up to which number nothing is missing. */
  complete() {
    return Object.fromEntries([...this.#origins].map(([name, { complete }]) => [name, complete]));
  }

  /** What somebody lacks who has all up to these numbers. */
  beyond(complete) {
    return this.messages.filter(({ origin, seq }) => seq > (complete[origin] ?? 0));
  }

  /** Count as lost what nobody had, and go on. */
  giveUp() {
    for (const origin of this.#origins.values()) {
      this.lost += origin.missing.size;
      for (const seq of origin.missing) origin.ahead.add(seq);
      origin.missing.clear();
      advance(origin);
    }
  }

  #origin(name) {
    if (!this.#origins.has(name)) {
      this.#origins.set(name, { complete: 0, ahead: new Set(), missing: new Set() });
    }
    return this.#origins.get(name);
  }
}

function advance(origin) {
  while (origin.ahead.delete(origin.complete + 1)) origin.complete++;
}
