// Slack as others understand it: a workspace with state of its own (npm `emulate`) that sends signed events to EVENTS, and
// Slack's own framework (npm `@slack/bolt`), which says whether a request is genuine. Used by scripts/slack_peers.py.
//
//     node slack_peers.mjs EVENTS SECRET EMULATOR_PORT BOLT_PORT

import bolt from '@slack/bolt';
import { createEmulator, defineEmulator } from 'emulate';

const [events, secret, emulatorPort, boltPort] = process.argv.slice(2);

// The emulator has no call that subscribes to events: whoever gives it the headers of its webhooks is heard.
let webhooks;
const setup = (context) => { webhooks = Object.getPrototypeOf(context.webhooks); };
await (await createEmulator({ listen: false, service: defineEmulator({ name: 'probe', state: () => ({}), setup }) })).close();
const original = webhooks.setHeaderFactory;
webhooks.setHeaderFactory = function (factory) {
  original.call(this, factory);
  this.register({ url: events, events: ['*'], active: true, owner: 'slack' });
};
await createEmulator({
  service: 'slack',
  port: Number(emulatorPort),
  seed: { slack: { signing_secret: secret, channels: [{ name: 'deploys' }] } },
});

const app = new bolt.App({
  signingSecret: secret,
  token: 'xoxb-judge',
  clientOptions: { slackApiUrl: `http://127.0.0.1:${emulatorPort}/api/` },
  logLevel: 'error',
});
app.action(/.*/, async ({ ack }) => ack());
app.event(/.*/, async () => {});
await app.start(Number(boltPort));
console.log('ready');
