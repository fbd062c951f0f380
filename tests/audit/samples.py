"""Connect code with known mistakes; `# RULE` or `// RULE` names those of its line

The first of each language is what an introduction to the platform shows, in other words.
"""

from __future__ import annotations

JAVASCRIPT_INTRODUCTION = """\
const { connect, credsAuthenticator } = require("nats");
const nc = await connect({ // require-and-await reconnect-limited auth-abort first-connect no-drain closed-unseen
  servers: process.env.NATS_URL,
  authenticator: process.env.NATS_CREDENTIALS && // credentials-one-source
    credsAuthenticator(new TextEncoder().encode(process.env.NATS_CREDENTIALS)),
  tls: process.env.NATS_CA_FILE && { caFile: process.env.NATS_CA_FILE },
});
"""  # noqa: E501 - the rules of a line stand behind it

JAVASCRIPT_OTHERS = """\
import { connect, credsAuthenticator, StringCodec } from "@nats-io/transport-node"; // codec-gone
// maxReconnectAttempts: -1 in a comment does not count
const creds = process.env.NATS_CREDENTIALS; // credentials-one-source
if (process.env.NATS_CREDENTIALS !== undefined) start(); // presence-test
console.log("creds", creds); // secret-logged



const options = {};
options.authenticator = credsAuthenticator(new TextEncoder().encode(creds)); // credentials-unconditional
const nc = await connect(options); // reconnect-limited ca-ignored auth-abort first-connect no-sigterm closed-unseen
for await (const m of nc.subscribe("a")) m.respond("b");
await nc.drain(); // drain-before-handlers
"""  # noqa: E501 - the rules of a line stand behind it

TYPESCRIPT_INTRODUCTION = """\
import { connect, credsAuthenticator } from "@nats-io/transport-node";
const creds = process.env.NATS_CREDENTIALS || process.env.NATS_CREDENTIALS_FILE;
const nc = await connect({ // reconnect-limited auth-abort first-connect no-drain closed-unseen
  authenticator: creds ? credsAuthenticator(new TextEncoder().encode(creds)) : undefined,
  tls: process.env.NATS_CA_FILE && { caFile: process.env.NATS_CA_FILE }, // tls-empty-string
});
"""

RUST_INTRODUCTION = """\
fn connect() -> async_nats::Connection { // old-api
    let mut options = match std::env::var("NATS_CREDENTIALS_FILE") { // credentials-one-source
        Ok(path) => async_nats::Options::with_credentials(path), // path-as-content
        Err(_) => async_nats::Options::new(),
    };
    if let Ok(ca) = std::env::var("NATS_CA_FILE") { // presence-test
        options = options.add_root_certificate(ca);
    }
    options.connect(&url).unwrap() // first-connect no-drain closed-unseen
}
"""

RUST_OTHERS = """\
async fn start() {
    if std::env::var("NATS_CA_FILE").is_ok() {} // presence-test
    let creds = std::env::var("NATS_CREDENTIALS").or(std::env::var("NATS_CREDENTIALS_FILE"));
    let options = if let Ok(text) = creds { async_nats::ConnectOptions::with_credentials(&text) }
        else { async_nats::ConnectOptions::new() };
    let options = options.max_reconnects(5).add_root_certificates(ca); // reconnect-limited plaintext
    let client = options.connect(url).await; // first-connect closed-unseen no-sigterm
    client.drain().await;
}
"""  # noqa: E501 - the rules of a line stand behind it

PYTHON_USUAL = """\
import os, nats

async def main():
    \"\"\"Uses NATS_CREDENTIALS_FILE one day: max_reconnect_attempts=-1\"\"\"
    creds = os.environ.get("NATS_CREDENTIALS") # credentials-one-source
    print(f"using {creds}") # secret-logged



    options = {}
    options.update(user_credentials=creds) # content-as-path
    nc = await nats.connect(os.environ["NATS_URL"], **options) # reconnect-limited ca-ignored first-connect no-drain closed-unseen url-unsplit
"""  # noqa: E501 - the rules of a line stand behind it

PYTHON_OTHERS = """\
import os, ssl, signal, nats

async def main():
    options = {"max_reconnect_attempts": -1, "closed_cb": closed}
    if "NATS_CREDENTIALS_FILE" in os.environ: # presence-test
        options["user_credentials"] = os.environ["NATS_CREDENTIALS_FILE"]
    content = os.environ.get("NATS_CREDENTIALS")
    if os.environ.get("NATS_CA_FILE"):
        options["tls"] = ssl.create_default_context(cafile=os.environ["NATS_CA_FILE"]) # plaintext
    nc = await asyncio.wait_for(nats.connect(os.environ["NATS_URL"].split(","), **options), 10)
    loop.add_signal_handler(signal.SIGTERM, stop)
    await nc.drain()
"""

GO_USUAL = """\
package main

import "github.com/nats-io/nats.go"

func main() {
	creds, found := os.LookupEnv("NATS_CREDENTIALS") // presence-test credentials-one-source



	options := nats.UserCredentials(creds) // content-as-path
	nc, err := nats.Connect(url, options) // reconnect-limited ca-ignored auth-abort first-connect closed-unseen drain-unfinished no-sigterm
	nc.Drain()
}
"""  # noqa: E501 - the rules of a line stand behind it

JAVA_USUAL = """\
import io.nats.client.Nats;
import io.nats.client.Options;

class Main {
  static void start() {
    String path = System.getenv("NATS_CREDENTIALS_FILE"); // credentials-one-source
    Options options = new Options.Builder()
        .authHandler(Nats.credentials(path)) // credentials-unconditional
        .sslContext(context) // host-unchecked
        .build();
    Connection nc = Nats.connect(options); // reconnect-limited first-connect no-drain closed-unseen
  }
}
"""

KOTLIN_USUAL = """\
import io.nats.client.Nats
import io.nats.client.Options

fun start() {
    if (System.getenv("NATS_CREDENTIALS") != null) println("set") // presence-test
    println(System.getenv("NATS_CREDENTIALS")) // secret-logged
    val file = System.getenv("NATS_CREDENTIALS_FILE")
    val nc = Nats.connect(url) // reconnect-limited ca-ignored credentials-ignored first-connect no-drain closed-unseen
}
"""  # noqa: E501 - the rules of a line stand behind it

C_USUAL = """\
#include <nats/nats.h>

void start(void) {
    natsOptions_SetURL(opts, getenv("NATS_URL")); // url-unsplit
    natsOptions_SetSecure(opts, true); // tls-half
    const char *creds = getenv("NATS_CREDENTIALS"); // credentials-one-source



    natsOptions_SetUserCredentialsFromFiles(opts, creds, NULL); // content-as-path
    natsConnection_Connect(&nc, opts); // reconnect-limited ca-ignored auth-abort first-connect no-drain closed-unseen
}
"""  # noqa: E501 - the rules of a line stand behind it

SAMPLES = {
    "introduction.js": JAVASCRIPT_INTRODUCTION,
    "others.mjs": JAVASCRIPT_OTHERS,
    "introduction.ts": TYPESCRIPT_INTRODUCTION,
    "introduction.rs": RUST_INTRODUCTION,
    "others.rs": RUST_OTHERS,
    "usual.py": PYTHON_USUAL,
    "others.py": PYTHON_OTHERS,
    "usual.go": GO_USUAL,
    "Usual.java": JAVA_USUAL,
    "Usual.kt": KOTLIN_USUAL,
    "usual.c": C_USUAL,
}
