import { openConnection } from "./nats-connection.mjs";

const nats = await openConnection("orders");
nats.subscribe("orders.new", (message) => console.log(message.string()), { queue: "workers" });
nats.publish("orders.new", JSON.stringify({ id: 7 }));
