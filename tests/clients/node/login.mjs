// node login.mjs PACKAGE URL CREDS CA: log in, send a message to ourselves, print it
import { readFileSync } from "node:fs";

const [packageName, servers, credsFile, caFile] = process.argv.slice(2);
const { connect, credsAuthenticator } = await import(packageName);
const connection = await connect({
  servers,
  authenticator: credsAuthenticator(readFileSync(credsFile)),
  tls: { caFile },
  reconnect: false,
  timeout: 10000,
});
const subscription = connection.subscribe("orders.new", { max: 1 });
connection.publish("orders.new", new TextEncoder().encode("hello"));
for await (const message of subscription) {
  console.log(new TextDecoder().decode(message.data));
}
await connection.close();
