// A code that changes, as Google's phone computes it from the object's secret (RFC 6238, SHA-1).

/** The code of this moment. `barcode`: an object's rotatingBarcode. */
export async function codeNow(barcode, now = Date.now()) {
  const { periodMillis, parameters } = barcode.totpDetails;
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(now / Number(periodMillis))));
  const [{ key, valueLength }] = parameters;
  const bytes = Uint8Array.from(key.match(/../g), (pair) => parseInt(pair, 16));
  const secret = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const mac = new DataView(await crypto.subtle.sign("HMAC", secret, counter));
  const cut = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
  return inPattern(barcode, String(cut % 10 ** valueLength).padStart(valueLength, "0"));
}

/** How long this code stays, in milliseconds. */
export const leftOf = (barcode, now = Date.now()) => {
  const period = Number(barcode.totpDetails.periodMillis);
  return period - (now % period);
};

/** A code with these digits. */
export const inPattern = (barcode, digits) => barcode.valuePattern.replace("{totp_value_0}", digits);
