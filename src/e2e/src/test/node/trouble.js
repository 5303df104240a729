// A batch that is cancelled, one whose window ends before its requests do, and lists that are longer than a page. NpmBatchTest reads what is printed.
import fs from "node:fs";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2] + "/v1", apiKey: "-", maxRetries: 0 });

const pause = () => new Promise((done) => setTimeout(done, 200));

async function when(id, isIt) {
  let batch = await client.batches.retrieve(id);
  while (!isIt(batch.status)) {
    await pause();
    batch = await client.batches.retrieve(id);
  }
  return batch;
}

const ended = (id) => when(id, (status) => ["completed", "failed", "expired", "cancelled"].includes(status));

async function lines(file) {
  const text = file ? await (await client.files.content(file)).text() : "";
  return text.split("\n").filter((line) => line).map((line) => JSON.parse(line));
}

async function report(batch) {
  return { batch, answers: await lines(batch.output_file_id), errors: await lines(batch.error_file_id) };
}

async function idsOf(pages) {
  const ids = [];
  for await (const item of pages) {
    ids.push(item.id);
  }
  return ids;
}

const file = await client.files.create({ file: fs.createReadStream("long.jsonl"), purpose: "batch" });
const asked = { input_file_id: file.id, endpoint: "/v1/completions" };
const cancelled = await client.batches.create({ ...asked, completion_window: "24h" });
await when(cancelled.id, (status) => status !== "validating"); // a file that was not read has no lines to be told of
const cancelling = await client.batches.cancel(cancelled.id);
const first = await report(await ended(cancelled.id));
const expired = await client.batches.create({ ...asked, completion_window: "1m", metadata: { night: "first" } });
const second = await report(await ended(expired.id));
const unknown = await client.batches.retrieve("batch_absent").catch((error) => ({ status: error.status, name: error.name }));

console.log(JSON.stringify({
  cancelling: cancelling.status,
  cancelled: first,
  expired: second,
  batches: await idsOf(client.batches.list({ limit: 1 })),
  files: await idsOf(client.files.list({ limit: 1 })),
  deleted: (await client.files.delete(file.id)).deleted,
  unknown,
}));
