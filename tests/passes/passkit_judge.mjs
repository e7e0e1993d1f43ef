// Gives a pass to npm's passkit-generator, which checks it against its own schemas, and prints what it made of pass.json.
// Usage: node passkit_judge.mjs <folder with the pass's files and signer.pem, key.pem, wwdr.pem>
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { PKPass } from "passkit-generator";

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name));
const certificates = { signerCert: read("signer.pem"), signerKey: read("key.pem"), wwdr: read("wwdr.pem") };
const files = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => !name.endsWith(".pem"))
    .map((name) => [name, read(name)]),
);
const pass = new PKPass(files, certificates, {});
process.stdout.write(Buffer.from(unzipSync(pass.getAsBuffer())["pass.json"]));
