/**
 * What a pod knows: the messages of all pods, and which it has missed.
 *
 * NATS delivers at most once, and in order per publisher. So each pod numbers its own messages, and
 * whoever sees a number left out asks the other pods for what is missing.
 */
const LIMIT = 1_000;

/** `origin` is one life of one pod; `seq` counts its messages from 1. */
export interface Message {
  origin: string;
  pod: string;
  seq: number;
  text: string;
  /** Whether it came as history, not live. */
  filled: boolean;
}

export type Arrival = "new" | "known" | "after a gap";

/** For each origin up to which number nothing is missing. */
export type Complete = Record<string, number>;

interface Origin {
  complete: number;
  readonly ahead: Set<number>;
  readonly missing: Set<number>;
}

/** The newest messages, in the order of their arrival. */
export class Board {
  messages: Message[] = [];
  missed = 0;
  filled = 0;
  lost = 0;
  readonly #origins = new Map<string, Origin>();

  /** Take a message once, and say whether others before it are missing. */
  receive(message: Message): Arrival {
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

  complete(): Complete {
    return Object.fromEntries([...this.#origins].map(([name, { complete }]) => [name, complete]));
  }

  /** What somebody lacks who has all up to these numbers. */
  beyond(complete: Complete): Message[] {
    return this.messages.filter(({ origin, seq }) => seq > (complete[origin] ?? 0));
  }

  /** Count as lost what nobody had, and go on. */
  giveUp(): void {
    for (const origin of this.#origins.values()) {
      this.lost += origin.missing.size;
      for (const seq of origin.missing) origin.ahead.add(seq);
      origin.missing.clear();
      advance(origin);
    }
  }

  #origin(name: string): Origin {
    const known = this.#origins.get(name);
    if (known) return known;
    const origin = { complete: 0, ahead: new Set<number>(), missing: new Set<number>() };
    this.#origins.set(name, origin);
    return origin;
  }
}

function advance(origin: Origin): void {
  while (origin.ahead.delete(origin.complete + 1)) origin.complete++;
}
