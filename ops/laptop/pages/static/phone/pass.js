// Opens a .pkpass as a wallet does: nothing is shown before every digest and the signature have been checked.
import { unzipSync } from "fflate";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { contentsOf, parseJson } from "./contents.js";

/** A pass that must not be shown. `reason` is a key of the page's texts. */
export class PassRefused extends Error {
  constructor(reason, detail = "") {
    super(detail ? `${reason}: ${detail}` : reason);
    this.reason = reason;
  }
}

const UID = "0.9.2342.19200300.100.1.1";
const ORGANIZATIONAL_UNIT = "2.5.4.11";

/**
 * Verify `bytes` (a .pkpass) against the root certificate (PEM) and open it.
 * Returns {fields: pass.json, strings: {language: {key: text}}, images: {name: bytes}}. Throws PassRefused.
 */
export async function openPass(bytes, rootPem) {
  const files = unzip(bytes);
  const manifest = files["manifest.json"];
  const signature = files["signature"];
  if (!manifest || !signature || !files["pass.json"]) throw new PassRefused("refused_incomplete");
  await checkDigests(files, manifest);
  const signer = await checkSignature(manifest, signature, rootPem);
  const fields = readJson(files["pass.json"]);
  if (signer.passType !== fields.passTypeIdentifier || signer.team !== fields.teamIdentifier) {
    throw new PassRefused("refused_other_signer", `${signer.passType} ${signer.team}`);
  }
  return contentsOf(files);
}

function unzip(bytes) {
  try {
    return unzipSync(bytes);
  } catch (error) {
    throw new PassRefused("refused_no_pass", String(error));
  }
}

function readJson(bytes) {
  try {
    return parseJson(bytes);
  } catch (error) {
    throw new PassRefused("refused_incomplete", String(error));
  }
}

/** Every file is in the manifest with its SHA-1, and nothing else is. */
async function checkDigests(files, manifestBytes) {
  const manifest = readJson(manifestBytes);
  const names = Object.keys(files).filter((name) => !["manifest.json", "signature"].includes(name) && !name.endsWith("/"));
  for (const name of names) {
    const digest = hex(await crypto.subtle.digest("SHA-1", files[name]));
    if (manifest[name] !== digest) throw new PassRefused("refused_changed", name);
  }
  const missing = Object.keys(manifest).find((name) => !(name in files));
  if (missing) throw new PassRefused("refused_incomplete", missing);
}

/** The detached CMS signature over the manifest, and its chain up to the root. Returns whose certificate signed. */
async function checkSignature(manifest, signature, rootPem) {
  let signed, result;
  try {
    const content = pkijs.ContentInfo.fromBER(copy(signature));
    signed = new pkijs.SignedData({ schema: content.content });
    const now = new Date();
    result = await signed.verify({
      signer: 0, data: copy(manifest), checkChain: true, trustedCerts: [certificate(rootPem)], checkDate: now, extendedMode: true,
    });
  } catch (error) {
    throw new PassRefused("refused_signature", error.message ?? String(error));
  }
  if (!result.signatureVerified || !result.signerCertificateVerified) throw new PassRefused("refused_signature");
  const name = (oid) => result.signerCertificate.subject.typesAndValues.find((part) => part.type === oid)?.value.valueBlock.value;
  return { passType: name(UID), team: name(ORGANIZATIONAL_UNIT) };
}

function certificate(pem) {
  const base64 = pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
  const der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new pkijs.Certificate({ schema: asn1js.fromBER(der.buffer).result });
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const copy = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
