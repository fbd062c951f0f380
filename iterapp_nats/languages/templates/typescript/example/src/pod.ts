/** One pod of the board: what it publishes, what it answers, and how it makes up for losses. */
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { headers, type Msg, type MsgHdrs } from "@nats-io/transport-node";
import { Board, type Complete, type Message } from "./board.js";
import type { Connection } from "./nats-connection.js";

const JOB_ID = "Nats-Msg-Id";
const SYNC_MS = 2_000;
const KNOWN_JOBS = 1_000;

/** Emits `message` for each message that is new to this pod. */
export class Pod extends EventEmitter<{ message: [Message] }> {
  readonly name = process.env.HOSTNAME || "local";
  // A new life has a new origin: its numbers begin again.
  readonly origin = `${this.name}-${randomBytes(4).toString("hex")}`.replaceAll(".", "-");
  readonly board = new Board();
  readonly #done = new Map<string, string>();
  #sent = 0;
  #givingUp?: NodeJS.Timeout;

  constructor(readonly nats: Connection) {
    super();
    nats.subscribe("board.message", (msg) => this.#receive(msg, false));
    nats.subscribe(`board.history.${this.origin}`, (msg) => this.#receive(msg, true));
    nats.subscribe("board.sync", (msg) => this.#answerSync(msg));
    nats.subscribe("board.job", (msg) => this.#doJob(msg), { queue: "workers" });
    nats.subscribe("board.done", (msg) => this.#remember(jobId(msg), msg.string()));
    this.fillGaps();
  }

  /** Tell all pods, this one too: what the page shows has been seen by the server. */
  say(text: string): void {
    const message = { origin: this.origin, pod: this.name, seq: this.#sent + 1, text };
    this.nats.publish("board.message", JSON.stringify(message));
    this.#sent++;
  }

  /** Let one pod do it; a job that was not acknowledged is sent again under the same id. */
  async runJob(text: string): Promise<string> {
    const options = { timeout: 2_000, headers: jobHeaders(randomBytes(8).toString("hex")) };
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        return (await this.nats.request("board.job", text, options)).string();
      } catch {
        await sleep(500); // nobody there, or no answer in time
      }
    }
    throw new Error("no pod did the job");
  }

  /** Ask the other pods for what is missing: at the start, after a gap, after a reconnect. */
  fillGaps(): void {
    this.nats.publish("board.sync", JSON.stringify(this.board.complete()), {
      reply: `board.history.${this.origin}`,
    });
    clearTimeout(this.#givingUp);
    this.#givingUp = setTimeout(() => this.board.giveUp(), SYNC_MS);
  }

  #receive(msg: Msg, filled: boolean): void {
    const message = { ...msg.json<Message>(), filled };
    const arrival = this.board.receive(message);
    if (arrival === "after a gap") this.fillGaps();
    if (arrival !== "known") this.emit("message", message);
  }

  #answerSync(msg: Msg): void {
    if (!msg.reply || msg.reply.endsWith(`.${this.origin}`)) return;
    for (const message of this.board.beyond(msg.json<Complete>())) {
      this.nats.publish(msg.reply, JSON.stringify(message));
    }
  }

  /** Do a job and answer; the answer is the acknowledgement. */
  async #doJob(msg: Msg): Promise<void> {
    const id = jobId(msg);
    let result = this.#done.get(id);
    if (result === undefined) {
      await sleep(20); // here the work is done
      result = `${msg.string().toUpperCase()} (by ${this.name})`;
      // All pods know a finished job, in case it is sent again and comes to another.
      this.#remember(id, result);
      if (id) this.nats.publish("board.done", result, { headers: jobHeaders(id) });
    }
    msg.respond(result);
  }

  #remember(id: string, result: string): void {
    if (!id) return;
    this.#done.set(id, result);
    const [oldest] = this.#done.keys();
    if (oldest && this.#done.size > KNOWN_JOBS) this.#done.delete(oldest);
  }
}

const jobId = (msg: Msg): string => msg.headers?.get(JOB_ID) ?? "";

function jobHeaders(id: string): MsgHdrs {
  const all = headers();
  all.set(JOB_ID, id);
  return all;
}
