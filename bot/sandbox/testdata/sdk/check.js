// The official SDKs, unchanged, against the sandbox. The Go test TestOfficialSDKs starts this with the addresses and
// tokens of a workspace in the environment; it ends with code 0 only when every check held.
'use strict';

const assert = require('node:assert/strict');
const { App, LogLevel } = require('@slack/bolt');
const { WebClient, retryPolicies } = require('@slack/web-api');

const { API_URL, CONTROL_URL, CONTROL_TOKEN, BOT_TOKEN, APP_TOKEN } = process.env;
const ANA = 'U0ANA';
const plain = (text) => ({ type: 'plain_text', text });

async function control(verb, order = {}) {
  const answer = await fetch(CONTROL_URL + verb, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-sandbox-token': CONTROL_TOKEN },
    body: JSON.stringify(order),
  });
  const body = await answer.json();
  assert.equal(answer.status, 200, `${verb}: ${JSON.stringify(body)}`);
  return body;
}

function form() {
  return {
    type: 'modal',
    callback_id: 'report',
    title: plain('Report a breach'),
    submit: plain('Report'),
    blocks: [
      {
        type: 'input',
        block_id: 'what',
        label: plain('What happened?'),
        element: { type: 'plain_text_input', action_id: 'text' },
      },
      {
        type: 'input',
        block_id: 'when',
        optional: true,
        label: plain('When?'),
        element: { type: 'datetimepicker', action_id: 'at' },
      },
    ],
  };
}

async function boltWalks() {
  const app = new App({
    token: BOT_TOKEN,
    appToken: APP_TOKEN,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: API_URL },
  });
  const errors = [];
  app.error(async (error) => errors.push(error));
  app.command('/breach', async ({ ack, body, client }) => {
    await client.views.open({ trigger_id: body.trigger_id, view: form() });
    await ack();
  });
  app.view('report', async ({ ack, view, body, client }) => {
    const text = view.state.values.what.text.value;
    assert.equal(view.state.values.when.at.selected_date_time, null);
    if (text.length < 10) {
      await ack({ response_action: 'errors', errors: { what: 'Please say more.' } });
      return;
    }
    await ack();
    const dm = await client.conversations.open({ users: body.user.id });
    await client.chat.postMessage({
      channel: dm.channel.id,
      text: 'Your report is stored.',
      blocks: [
        { type: 'section', text: plain(text) },
        { type: 'actions', elements: [{ type: 'button', action_id: 'seen', text: plain('Seen'), value: 'v' }] },
      ],
    });
  });
  app.action('seen', async ({ ack, body, client, respond }) => {
    await ack();
    assert.equal(body.container.type, 'message');
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Seen.', blocks: [] });
    await respond({ text: 'Thank you.', response_type: 'ephemeral', replace_original: false });
  });
  await app.start();
  try {
    await control('wait', { wait: { for: 'socket' } });
    assert.equal((await control('slash', { as: ANA, command: '/breach', text: '' })).Failed, '');
    assert.match((await control('modal', { as: ANA })).text, /Report a breach/);
    await control('fill', { as: ANA, what: 'What happened?', value: 'short' });
    let result = await control('submit', { as: ANA });
    assert.equal(result.Status, 'errors');
    assert.deepEqual(result.Errors, { what: 'Please say more.' });
    await control('fill', { as: ANA, what: 'what', value: 'A letter went to the wrong address' });
    result = await control('submit', { as: ANA });
    assert.equal(result.Status, 'closed');
    await control('wait', { as: ANA, wait: { for: 'dm' } });
    const [card] = await control('dms', { as: ANA });
    assert.match(card.text, /A letter went to the wrong address\n\s+\[Seen\]/);
    const { Channel: channel, TS: ts } = card.message;
    assert.equal((await control('press', { as: ANA, where: 'message', channel, ts, what: 'Seen' })).Failed, '');
    await control('wait', { as: ANA, count: 2, wait: { for: 'dm' } });
    const after = await control('dms', { as: ANA });
    assert.match(after[0].text, /Seen\./);
    assert.match(after[1].text, /only visible to you/);
    assert.deepEqual(errors, []);
  } finally {
    await app.stop();
  }
}

async function codeOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error.data;
  }
  return assert.fail('the call should have been refused');
}

async function webAPIBehaves() {
  const options = { slackApiUrl: API_URL, logLevel: LogLevel.ERROR, retryConfig: retryPolicies.rapidRetryPolicy };
  const web = new WebClient(BOT_TOKEN, options);

  const me = await web.auth.test();
  assert.ok(me.response_metadata.scopes.includes('chat:write'));
  assert.equal((await codeOf(new WebClient('xoxb-wrong', options).auth.test())).error, 'invalid_auth');
  assert.equal((await codeOf(web.chat.postMessage({ channel: 'C404', text: 'x' }))).error, 'channel_not_found');
  assert.equal((await codeOf(web.apiCall('no.such.method'))).error, 'unknown_method');
  const missing = await codeOf(web.pins.list({ channel: 'C404' }));
  assert.equal(missing.error, 'missing_scope');
  assert.equal(missing.needed, 'pins:read');
  const malformed = await codeOf(web.views.publish({ user_id: ANA, view: { type: 'home', blocks: [{ type: 'section' }] } }));
  assert.equal(malformed.error, 'invalid_arguments');
  assert.match(malformed.response_metadata.messages[0], /\[json-pointer:\/view\/blocks\/0\]/);

  const { channel } = await web.conversations.create({ name: 'breach-sdk', is_private: true });
  assert.equal(channel.is_private, true);
  assert.equal((await codeOf(web.conversations.create({ name: 'breach-sdk', is_private: true }))).error, 'name_taken');
  await web.conversations.invite({ channel: channel.id, users: ANA });
  const event = { event_type: 'outbox', event_payload: { id: '7' } };
  for (let i = 0; i < 7; i += 1) {
    await web.chat.postMessage({ channel: channel.id, text: `line ${i}`, metadata: event });
  }
  const texts = [];
  let pages = 0;
  for await (const page of web.paginate('conversations.history', { channel: channel.id, limit: 3, include_all_metadata: true })) {
    pages += 1;
    for (const m of page.messages) {
      if (!m.subtype) {
        texts.push(m.text);
        assert.deepEqual(m.metadata, event);
      }
    }
  }
  assert.equal(texts.length, 7);
  assert.equal(texts[0], 'line 6');
  assert.ok(pages > 2);
  const bare = await web.conversations.history({ channel: channel.id, limit: 1 });
  assert.deepEqual(bare.messages[0].metadata, { event_type: 'outbox' });

  const upload = await web.filesUploadV2({
    channel_id: channel.id,
    initial_comment: 'The decision pack',
    file_uploads: [{ file: Buffer.from('a decision'), filename: 'pack.txt', title: 'Decision pack' }],
  });
  assert.equal(upload.ok, true);
  const history = await control('messages', { as: ANA, channel: channel.id });
  assert.match(history.at(-1).text, /The decision pack\n\s+\[file: Decision pack\]/);
}

(async () => {
  await webAPIBehaves();
  await boltWalks();
  console.log('all checks held');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
