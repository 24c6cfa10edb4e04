// Calls one method of a gRPC service knowing nothing but its address and names: the contract comes by
// reflection. Needs Node and none of its packages. JSON in on standard input, JSON out.
//
//   node call.mjs 127.0.0.1:50061 huiyin.rules.v1.RulesService Assess < request.json

import http2 from "node:http2";
import { readFileSync } from "node:fs";

const [address, service, method] = process.argv.slice(2);
const session = http2.connect(`http://${address}`);

function call(path, message) {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers",
    });
    const chunks = [];
    let status = {};
    stream.on("response", (headers) => (status = headers));
    stream.on("trailers", (trailers) => (status = trailers));
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("end", () => {
      const told = Buffer.concat(chunks);
      if (status["grpc-status"] !== "0") reject(new Error(`${status["grpc-status"]} ${status["grpc-message"]}`));
      else resolve(told.subarray(5, 5 + told.readUInt32BE(1)));
    });
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([frame, message]));
  });
}

// ---- the wire format of protobuf -------------------------------------------------------------------

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const key = (number, wire) => varint((number << 3) | wire);
const block = (number, bytes) => Buffer.concat([key(number, 2), varint(bytes.length), bytes]);

function* fields(buffer) {
  let at = 0;
  const read = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = buffer[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < buffer.length) {
    const head = Number(read());
    const wire = head & 7;
    if (wire === 0) yield [head >> 3, read()];
    else if (wire === 2) {
      const length = Number(read());
      yield [head >> 3, buffer.subarray(at, at + length)];
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
}

function raw(buffer) {
  const found = {};
  for (const [number, value] of fields(buffer)) (found[number] ??= []).push(value);
  return found;
}

const text = (values) => (values ? values[0].toString("utf8") : "");

// ---- the contract, as the service tells it ----------------------------------------------------------

const messages = {};
const enums = {};
const methods = {};
const seen = new Set();

function takeEnum(buffer, scope) {
  const told = raw(buffer);
  const values = (told[2] ?? []).map(raw).map((it) => [Number(it[2]?.[0] ?? 0n), text(it[1])]);
  enums[`${scope}.${text(told[1])}`] = new Map(values);
}

function takeMessage(buffer, scope) {
  const told = raw(buffer);
  const name = `${scope}.${text(told[1])}`;
  messages[name] = (told[2] ?? []).map(raw).map((it) => ({
    number: Number(it[3][0]), repeated: it[4]?.[0] === 3n, type: Number(it[5][0]),
    of: text(it[6]), json: text(it[10]) || text(it[1]).replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
  }));
  for (const inner of told[3] ?? []) takeMessage(inner, name);
  for (const inner of told[4] ?? []) takeEnum(inner, name);
}

async function learn(number, name) {
  const answer = await call(
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", block(number, Buffer.from(name)),
  );
  for (const file of raw(raw(answer)[4][0])[1]) {
    const told = raw(file);
    if (seen.has(text(told[1]))) continue;
    seen.add(text(told[1]));
    const scope = `.${text(told[2])}`;
    for (const it of told[4] ?? []) takeMessage(it, scope);
    for (const it of told[5] ?? []) takeEnum(it, scope);
    for (const it of told[6] ?? []) {
      const own = raw(it);
      for (const one of (own[2] ?? []).map(raw)) {
        methods[`${scope}.${text(own[1])}/${text(one[1])}`] = [text(one[2]), text(one[3])];
      }
    }
    for (const needed of told[3] ?? []) await learn(3, needed.toString("utf8"));
  }
}

// ---- JSON to a message and back ---------------------------------------------------------------------

const [BOOL, STRING, MESSAGE, ENUM] = [8, 9, 11, 14];
const TIMESTAMP = ".google.protobuf.Timestamp";

function encode(name, value) {
  if (name === TIMESTAMP) value = { seconds: Math.floor(Date.parse(value) / 1000) };
  const parts = [];
  for (const field of messages[name]) {
    if (value[field.json] === undefined) continue;
    for (const item of field.repeated ? value[field.json] : [value[field.json]]) {
      if (field.type === MESSAGE) parts.push(block(field.number, encode(field.of, item)));
      else if (field.type === STRING) parts.push(block(field.number, Buffer.from(item)));
      else {
        const code = field.type === ENUM ? [...enums[field.of]].find(([, label]) => label === item)[0] : item;
        parts.push(key(field.number, 0), varint(code));
      }
    }
  }
  return Buffer.concat(parts);
}

function decode(name, buffer) {
  const told = raw(buffer);
  if (name === TIMESTAMP) {
    const moment = new Date(Number(told[1]?.[0] ?? 0n) * 1000).toISOString();
    return moment.replace(".000Z", "Z");
  }
  const found = {};
  for (const field of messages[name]) {
    const values = (told[field.number] ?? []).map((value) => {
      if (field.type === MESSAGE) return decode(field.of, value);
      if (field.type === STRING) return value.toString("utf8");
      if (field.type === BOOL) return value !== 0n;
      if (field.type === ENUM) return enums[field.of].get(Number(value));
      return field.type === 3 ? String(BigInt.asIntN(64, value)) : Number(value);
    });
    if (values.length) found[field.json] = field.repeated ? values : values[0];
  }
  return found;
}

try {
  await learn(4, service);
  const [input, output] = methods[`.${service}/${method}`];
  const request = encode(input, JSON.parse(readFileSync(0, "utf8")));
  console.log(JSON.stringify(decode(output, await call(`/${service}/${method}`, request))));
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  session.close();
}
