// A push service that answers 200 as fast as node can: HTTP/2 over TLS, client certificate demanded.
// Arguments: certificate, key, authority of clients, streams allowed. Prints its port; a line on stdin makes it tell
// what it has seen, as JSON: {"requests", "tokens", "connections"}.
import { createSecureServer } from "node:http2";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { randomUUID } from "node:crypto";

const [certificate, key, authority, streams] = process.argv.slice(2);
const seen = { requests: 0, connections: 0 };
const tokens = new Set();

const server = createSecureServer({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  ca: readFileSync(authority),
  requestCert: true,
  rejectUnauthorized: true,
  settings: { maxConcurrentStreams: Number(streams) },
});
server.on("session", () => (seen.connections += 1));
server.on("stream", (stream, headers) => {
  seen.requests += 1;
  tokens.add(headers[":path"]);
  stream.resume();
  stream.on("error", () => {});
  stream.respond({ ":status": 200, "apns-id": headers["apns-id"] ?? randomUUID() }, { endStream: true });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
createInterface({ input: process.stdin })
  .on("line", () => console.log(JSON.stringify({ ...seen, tokens: tokens.size })))
  .on("close", () => process.exit());
