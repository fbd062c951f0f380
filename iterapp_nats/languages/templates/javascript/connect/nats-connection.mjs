/**
 * Connect to NATS on Iterapp: the same code with a plain local server and in production.
 *
 * Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE;
 * an empty variable counts as unset.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, jwtAuthenticator } from "@nats-io/transport-node";

const RETRY_MS = 2_000;
const DRAIN_MS = 20_000;

/**
 * Connect, and keep the process alive until SIGTERM.
 *
 * SIGTERM and SIGINT await `onStop`, drain, and end the process. When the connection is closed for
 * good, the process ends with the reason, so that the platform starts it again. `onReconnect` is
 * the place to ask for what was missed meanwhile; what it throws is logged.
 *
 * @param {string} app
 * @param {{ onReconnect?: () => unknown, onStop?: () => unknown }} [hooks]
 */
export async function openConnection(app, { onReconnect, onStop } = {}) {
  let connection;
  let isStopping = false;
  const stop = async () => {
    // Ctrl-C reaches a program twice below npm: the second signal lets the first finish.
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => end("drained too slowly"), DRAIN_MS).unref();
    await onStop?.();
    await connection?.drain();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => stop().catch((error) => end(reason(error))));
  }
  connection = new Connection(await dial(app), onReconnect);
  return connection;
}

/** @returns {Promise<import("@nats-io/transport-node").NatsConnection>} */
async function dial(app) {
  for (;;) {
    try {
      return await connect(options(app));
    } catch (error) {
      console.warn(`cannot connect to NATS, trying again: ${reason(error)}`);
    }
    await sleep(RETRY_MS + Math.random() * 1_000); // not all pods at once
  }
}

function options(app) {
  const url = setting("NATS_URL", "127.0.0.1");
  const caFile = setting("NATS_CA_FILE");
  const wantsTls = Boolean(caFile) || url.includes("tls://");
  return {
    servers: url.split(",").map((server) => server.trim()),
    name: `${app}@${setting("HOSTNAME", "local")}`,
    // Even an empty object makes a server without TLS an error.
    ...(wantsTls && { tls: caFile ? { caFile } : {} }),
    ...(hasCredentials() && { authenticator: login }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: 1_000,
    reconnectJitterTLS: 1_000,
    // Without this the client closes for good when a login is refused twice in a row.
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    // How long a server that goes away during a login keeps the client waiting; 20 s otherwise.
    timeout: 5_000,
  };
}

const hasCredentials = () =>
  Boolean(setting("NATS_CREDENTIALS") || setting("NATS_CREDENTIALS_FILE"));

/** Log in with what is there now, because the platform may have renewed it. */
function login(nonce) {
  try {
    const { jwt, seed } = credentials();
    return jwtAuthenticator(jwt, new TextEncoder().encode(seed))(nonce);
  } catch (error) {
    // Thrown on, it would close the client for good (nats-io/nats.js#282); a server that refuses
    // us is asked again.
    console.warn(`cannot log in to NATS: ${reason(error)}`);
    return undefined;
  }
}

function credentials() {
  const text =
    setting("NATS_CREDENTIALS") || readFileSync(setting("NATS_CREDENTIALS_FILE"), "utf8");
  const jwt = block(text, "NATS USER JWT");
  const seed = block(text, "USER NKEY SEED");
  const { exp } = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url").toString());
  if (exp && exp * 1_000 < Date.now()) {
    throw new Error(`the credentials expired at ${new Date(exp * 1_000).toISOString()}`);
  }
  return { jwt, seed };
}

function block(text, title) {
  const found = new RegExp(`-+BEGIN ${title}-+\\s+(\\S+)\\s+-+END`).exec(text);
  if (!found) throw new Error(`the credentials have no ${title}`);
  return found[1];
}

class Connection {
  #subscriptions = new Map();
  #isConnected = true;
  #isDraining = false;

  constructor(client, onReconnect) {
    this.client = client;
    this.#watch(onReconnect).catch((error) => end(error.message));
    client.closed().then((error) => {
      if (!this.#isDraining) end(`closed for good: ${reason(error)}`);
    });
    console.info("connected to NATS");
  }

  get isConnected() {
    return this.#isConnected;
  }

  /** Publish, or throw: while disconnected the client alone would drop it without a word. */
  publish(subject, payload, options) {
    if (!this.#isConnected) throw new Error("not connected to NATS");
    this.client.publish(subject, payload, options);
  }

  request(subject, payload, options) {
    if (!this.#isConnected) throw new Error("not connected to NATS");
    return this.client.request(subject, payload, options);
  }

  /** Call `handle` for each message, one at a time; what it throws is logged. */
  subscribe(subject, handle, options) {
    const subscription = this.client.subscribe(subject, options);
    const handling = (async () => {
      for await (const message of subscription) {
        try {
          await handle(message);
        } catch (error) {
          console.error(`a message on ${message.subject} failed: ${reason(error)}`);
        }
      }
    })();
    this.#subscriptions.set(subscription, handling);
  }

  /** Take no more messages, handle those that have come, then close. */
  async drain() {
    this.#isDraining = true;
    if (this.#isConnected) {
      await Promise.all([...this.#subscriptions.keys()].map((each) => each.drain()));
      // The client does not wait for handlers, and closes before they can answer.
      await Promise.all(this.#subscriptions.values());
      await this.client.drain();
    }
  }

  async #watch(onReconnect) {
    for await (const status of this.client.status()) {
      if (status.type === "disconnect") {
        this.#isConnected = false;
        if (!this.#isDraining) console.warn("disconnected from NATS");
      } else if (status.type === "reconnect") {
        this.#isConnected = true;
        console.warn("reconnected to NATS; what was published meanwhile was missed");
        // Not awaited: what happens to the connection meanwhile must be seen.
        callReconnectHook(onReconnect);
      } else if (status.type === "error") {
        console.warn(`NATS: ${reason(status.error)}`);
      }
    }
  }
}

async function callReconnectHook(onReconnect) {
  try {
    await onReconnect?.();
  } catch (error) {
    console.error(`onReconnect failed: ${reason(error)}`);
  }
}

function end(why) {
  console.error(`NATS: ${why}`);
  process.exit(1);
}

const reason = (error) => error?.cause?.message || error?.message || "unknown reason";

const setting = (name, fallback = "") => process.env[name]?.trim() || fallback;
