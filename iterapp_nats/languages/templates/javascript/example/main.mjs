/** A board that all pods share: the page, its live events, and two actions. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { openConnection } from "./nats-connection.mjs";
import { Pod } from "./pod.mjs";

const page = await readFile(new URL("index.html", import.meta.url));
const pod = new Pod();
pod.setMaxListeners(0); // one for each open page

const routes = {
  "GET /": (_request, response) =>
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page),
  "GET /ready": (_request, response) =>
    pod.nats.isConnected ? answer(response, 200, "ready") : answer(response, 503, "not connected"),
  "GET /events": sendEvents,
  "POST /messages": async (request, response) => {
    try {
      pod.say(await text(request));
      answer(response, 202, `sent by ${pod.name}`);
    } catch (error) {
      answer(response, 503, error.message);
    }
  },
  "POST /jobs": async (request, response) => {
    try {
      answer(response, 200, await pod.runJob(await text(request)));
    } catch (error) {
      answer(response, 504, error.message);
    }
  },
};

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
pod.start(nats);
server.listen(Number(process.env.PORT || 8080), process.env.HOST || "0.0.0.0");

/** Send what is known, then what comes; the state every second, and with each message. */
function sendEvents(request, response) {
  const send = (event, data) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const sendState = () => send("state", state());
  const sendMessage = (message) => {
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
  return { pod: pod.name, connected: pod.nats.isConnected, missed, filled, lost };
}

function answer(response, status, body) {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${body}\n`);
}
