/** A board that all pods share: the page, its live events, and two actions. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Message } from "./board.js";
import { openConnection } from "./nats-connection.js";
import { Pod } from "./pod.js";

type Route = (request: IncomingMessage, response: ServerResponse) => unknown;

const page = await readFile(new URL("../index.html", import.meta.url));
const server = createServer((request, response) => {
  const route = routes[`${request.method} ${request.url}`];
  return route ? route(request, response) : answer(response, 404, "not found");
});
const nats = await openConnection("board", {
  onReconnect: () => pod.fillGaps(),
  onStop: () => {
    server.close();
    server.closeAllConnections();
  },
});
const pod = new Pod(nats);
pod.setMaxListeners(0); // one for each open page

const routes: Record<string, Route> = {
  "GET /": (_request, response) =>
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page),
  "GET /ready": (_request, response) =>
    nats.isConnected ? answer(response, 200, "ready") : answer(response, 503, "not connected"),
  "GET /events": sendEvents,
  "POST /messages": async (request, response) => {
    try {
      pod.say(await text(request));
      answer(response, 202, `sent by ${pod.name}`);
    } catch (error) {
      answer(response, 503, String(error));
    }
  },
  "POST /jobs": async (request, response) => {
    try {
      answer(response, 200, await pod.runJob(await text(request)));
    } catch (error) {
      answer(response, 504, String(error));
    }
  },
};

server.listen(Number(process.env.PORT || 8080), process.env.HOST || "0.0.0.0");

/** Send what is known, then what comes; the state every second, and with each message. */
function sendEvents(request: IncomingMessage, response: ServerResponse): void {
  const send = (event: string, data: unknown) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const sendState = () => send("state", state());
  const sendMessage = (message: Message) => {
    send("message", message);
    sendState();
  };
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const message of pod.board.messages) send("message", message);
  sendState();
  const everySecond = setInterval(sendState, 1_000);
  pod.on("message", sendMessage);
  request.on("close", () => {
    clearInterval(everySecond);
    pod.off("message", sendMessage);
  });
}

function state() {
  const { missed, filled, lost } = pod.board;
  return { pod: pod.name, connected: nats.isConnected, missed, filled, lost };
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${body}\n`);
}
