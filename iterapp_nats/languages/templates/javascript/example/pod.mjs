/** One pod of the board: what it publishes, what it answers, and how it makes up for losses. */
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { headers } from "@nats-io/transport-node";
import { Board } from "./board.mjs";

const JOB_ID = "Nats-Msg-Id";
const SYNC_MS = 2_000;
const KNOWN_JOBS = 1_000;

/** Emits `message` for each message that is new to this pod. */
export class Pod extends EventEmitter {
  name = process.env.HOSTNAME || "local";
  // A new life has a new origin: its numbers begin again.
  origin = `${this.name}-${randomBytes(4).toString("hex")}`.replaceAll(".", "-");
  board = new Board();
  #sent = 0;
  #done = new Map();
  #givingUp;

  start(nats) {
    this.nats = nats;
    nats.subscribe("board.message", (msg) => this.#receive({ ...msg.json(), filled: false }));
    nats.subscribe(`board.history.${this.origin}`, (msg) =>
      this.#receive({ ...msg.json(), filled: true }),
    );
    nats.subscribe("board.sync", (msg) => this.#answerSync(msg));
    nats.subscribe("board.job", (msg) => this.#doJob(msg), { queue: "workers" });
    nats.subscribe("board.done", (msg) => this.#remember(msg.headers.get(JOB_ID), msg.string()));
    this.fillGaps();
  }

  /** Tell all pods, this one too: what the page shows has been seen by the server. */
  say(text) {
    const message = { origin: this.origin, pod: this.name, seq: this.#sent + 1, text };
    this.nats.publish("board.message", JSON.stringify(message));
    this.#sent++;
  }

  /** Let one pod do it; a job that was not acknowledged is sent again under the same id. */
  async runJob(text) {
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
  fillGaps() {
    this.nats.publish("board.sync", JSON.stringify(this.board.complete()), {
      reply: `board.history.${this.origin}`,
    });
    clearTimeout(this.#givingUp);
    this.#givingUp = setTimeout(() => this.board.giveUp(), SYNC_MS);
  }

  #receive(message) {
    const arrival = this.board.receive(message);
    if (arrival === "after a gap") this.fillGaps();
    if (arrival !== "known") this.emit("message", message);
  }

  #answerSync(msg) {
    if (msg.reply.endsWith(`.${this.origin}`)) return;
    for (const message of this.board.beyond(msg.json())) {
      this.nats.publish(msg.reply, JSON.stringify(message));
    }
  }

  /** Do a job and answer; the answer is the acknowledgement. */
  async #doJob(msg) {
    const id = msg.headers?.get(JOB_ID);
    let result = id && this.#done.get(id);
    if (!result) {
      await sleep(20); // here the work is done
      result = `${msg.string().toUpperCase()} (by ${this.name})`;
      if (id) {
        // All pods know a finished job, in case it is sent again and comes to another.
        this.#remember(id, result);
        this.nats.publish("board.done", result, { headers: jobHeaders(id) });
      }
    }
    msg.respond(result);
  }

  #remember(id, result) {
    this.#done.set(id, result);
    if (this.#done.size > KNOWN_JOBS) this.#done.delete(this.#done.keys().next().value);
  }
}

function jobHeaders(id) {
  const all = headers();
  all.set(JOB_ID, id);
  return all;
}
