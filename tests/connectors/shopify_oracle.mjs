// What Shopify's own library says about webhooks. One request a line on stdin:
//     {"secret": "...", "headers": {"name": "value"}, "body": "text"}
// One verdict a line on stdout, in the same order: {"valid": true} or {"valid": false, "reason": "..."}
import '@shopify/shopify-api/adapters/node';
import { LogSeverity, shopifyApi } from '@shopify/shopify-api';
import { createInterface } from 'node:readline';

const librariesBySecret = new Map();

function library(secret) {
  if (!librariesBySecret.has(secret)) {
    const settings = {
      apiKey: 'key',
      apiSecretKey: secret,
      apiVersion: '2026-07',
      hostName: 'points.example',
      isEmbeddedApp: false,
      logger: { level: LogSeverity.Error, log: () => {} },
    };
    librariesBySecret.set(secret, shopifyApi(settings));
  }
  return librariesBySecret.get(secret);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  const rawRequest = { headers, method: 'POST', url: '/' };
  const verdict = await library(secret).webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} });
  console.log(JSON.stringify({ valid: verdict.valid, reason: verdict.reason }));
}
