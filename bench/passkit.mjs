// passkit-generator as its page shows it: a new pass from buffers each time. Prints passes a second of one core.
// Arguments: pass.json, folder of the other files, certificate, key, intermediate, where the last pass goes, seconds.
import { PKPass } from "passkit-generator";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [card, folder, certificate, key, intermediate, out, seconds] = process.argv.slice(2);
const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
const files = Object.fromEntries(names.map((name) => [name.slice(folder.length + 1), readFileSync(name)]));
files["pass.json"] = readFileSync(card);
const certificates = {
  wwdr: readFileSync(intermediate),
  signerCert: readFileSync(certificate),
  signerKey: readFileSync(key),
};

const make = () => new PKPass({ ...files }, certificates, { serialNumber: String(Math.random()) }).getAsBuffer();

for (let warm = 0; warm < 3; warm += 1) make();
let last;
let count = 0;
const began = process.cpuUsage();
const spent = () => {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
};
while (spent() < Number(seconds)) {
  last = make();
  count += 1;
}
console.log(count / spent());
writeFileSync(out, last);
