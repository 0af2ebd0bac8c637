// An AS2 partner on libas2 (npm): server and client in one process, steered over HTTP.
// Usage: node as2_libas2.mjs NODE_FOLDER CONFIG.json    (NODE_FOLDER holds node_modules)
//
// What it promises: every verdict is libas2's own (parsing, decryption, signatures, MIC, MDN), save one: libas2 gives the MIC it
// signed and the MIC an MDN reports, but never compares them; that is done here. Ours are further HTTP, the choice of OAEP's hash,
// the faults asked for in "answer", and repairs of what would keep it from speaking to anybody (where it is loaded, below). One
// AS2 partner.
// How it fails: an error in a control request is answered 500 with {"error"}; on stdin's end it exits, so it outlives no test.
// libas2's limits:
// - AS2-Version 1.0, no compression, no detection of duplicates;
// - it signs with PKCS #1 v1.5 only and verifies no PSS (ECDSA it does); it sends key transport OAEP only, with SHA-512 unless asked
//   otherwise; its AES-GCM, which is not RFC 5083's, is left out;
// - it takes smime-type="enveloped-data", in quotes, for no encryption at all, unless "receive" says "unquote":true;
// - a signature, an envelope or binary content without "Content-Disposition: attachment" it reads as text, and spoils;
// - it verifies no signature over content that has bytes over 127 and is not in base64;
// - it cannot send an AS2 name that has quotes in it, and sends one with spaces without quotes around it;
// - it words a failure "failed/failure=text", with "=".
//
// The control face (stdout, configuration, POST /send /build /answer /configure /release, GET /received /mdns /mdns_sent) is that
// of as2_pyas2.py, whose head tells it in full; it also says which options are of one peer only. "status" is the disposition that
// libas2 would send, "processed" or "failed/failure", with what it found in "detail"; of an MDN it is what the notification says.

import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'

const require = createRequire(path.join(path.resolve(process.argv[2]), 'node_modules', 'x.js'))
const { AS2Composer, AS2Parser, AS2MimeNode, AS2Disposition } = require('libas2')
const { AS2SignedData } = require('libas2/dist/src/AS2Crypto/AS2SignedData')
const { AS2EnvelopedData } = require('libas2/dist/src/AS2Crypto/AS2EnvelopedData')
const { AS2Crypto } = require('libas2/dist/src/AS2Crypto')
const pkijs = require('pkijs/build/index')
const crypto = require('crypto')

const CIPHERS = {
  '3des': 'des-EDE3-CBC',
  'aes128-cbc': 'aes128-CBC',
  'aes192-cbc': 'aes192-CBC',
  'aes256-cbc': 'aes256-CBC'
}
const DIGESTS = { sha1: 'sha-1', sha256: 'sha-256', sha384: 'sha-384', sha512: 'sha-512' }
const NAMES = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.840.113549.1.1.1': 'rsaes_pkcs1v15',
  '1.2.840.113549.1.1.7': 'rsaes_oaep',
  '1.2.840.113549.1.1.10': 'rsassa_pss',
  '1.2.840.10045.4.3.2': 'ecdsa',
  '1.2.840.10045.4.3.3': 'ecdsa',
  '1.2.840.10045.4.3.4': 'ecdsa',
  '1.2.840.113549.3.7': 'tripledes_3key',
  '2.16.840.1.101.3.4.1.2': 'aes128_cbc',
  '2.16.840.1.101.3.4.1.22': 'aes192_cbc',
  '2.16.840.1.101.3.4.1.42': 'aes256_cbc'
}

const config = JSON.parse(readFileSync(process.argv[3], 'utf8'))
const received = []
const mdns = []
const mdnsSent = []
const sent = new Map()
let as2Url
let held = []

// ---- libas2

// Node no longer unpads PKCS #1 v1.5 with a private key (its OpenSSL lets an attacker see failures); libas2 relies on it.
const privateDecrypt = crypto.privateDecrypt
crypto.privateDecrypt = (options, data) => {
  if (options.padding !== crypto.constants.RSA_PKCS1_PADDING) return privateDecrypt(options, data)
  const block = privateDecrypt({ ...options, padding: crypto.constants.RSA_NO_PADDING }, data)
  const end = block.indexOf(0, 2)
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error('the content key cannot be read')
  return block.subarray(end + 1)
}

// What libas2 signs lacks the line end that it sends after a multipart's last boundary: nobody could verify its MDNs.
const signing = new AsyncLocalStorage()
const signNode = AS2Crypto.sign
AS2Crypto.sign = (...args) => signing.run(true, () => signNode.apply(AS2Crypto, args))
const removeTrailingCrLf = AS2Crypto.removeTrailingCrLf
AS2Crypto.removeTrailingCrLf = buffer => {
  const multipart = /^Content-Type: *multipart\//im.test(buffer.toString('latin1', 0, 512).split('\r\n\r\n')[0])
  return multipart && signing.getStore() ? buffer : removeTrailingCrLf(buffer)
}

// Its MIME parser makes one call with as many arguments as there are bytes: not possible beyond some 100 KB. Text it takes as it is.
const parse = AS2Parser.parse
AS2Parser.parse = content => parse.call(AS2Parser, Buffer.isBuffer(content) ? content.toString('latin1') : content)

let oaepHash
const addRecipient = pkijs.EnvelopedData.prototype.addRecipientByCertificate
pkijs.EnvelopedData.prototype.addRecipientByCertificate = function (certificate, parameters, variant) {
  const chosen = oaepHash ? { oaepHashAlgorithm: oaepHash } : parameters
  return addRecipient.call(this, certificate, chosen, variant)
}

// The digest of what was signed is libas2's own: it does not show it otherwise.
let signedDigest
const sign = AS2SignedData.prototype.sign
AS2SignedData.prototype.sign = async function (options) {
  const signed = await sign.call(this, options)
  signedDigest = this.getMessageDigest()
  return signed
}

// One at a time: the two above are the process's.
let turn = Promise.resolve()
function alone (work) {
  const mine = turn.then(work)
  turn = mine.catch(() => {})
  return mine
}

const pem = file => readFileSync(file, 'utf8')

function host (extra = {}, keys = config.own) {
  return {
    name: config.own.as2_id,
    id: config.own.as2_id,
    url: as2Url,
    certificate: pem(keys.cert),
    privateKey: pem(keys.key),
    ...extra
  }
}

function partner (extra = {}) {
  const who = config.partner
  return { name: who.as2_id, id: who.as2_id, url: who.url, file: 'EDIX12', certificate: pem(who.cert), ...extra }
}

const verifyCert = () => pem(config.partner.verify_cert || config.partner.cert)

async function build (request) {
  const options = { ...config.send, ...request }
  for (const missing of ['compress', 'scheme']) {
    if (options[missing] && options[missing] !== 'pkcs1') throw new Error(`libas2 has no ${missing} ${options[missing]}`)
  }
  const mdn = options.mdn === 'sync' || options.mdn === 'async'
  const url = options.mdn_url || as2Url
  const composer = new AS2Composer({
    message: {
      filename: options.filename || undefined,
      contentType: options.content_type || 'application/edi-x12',
      content: Buffer.from(options.payload, 'base64')
    },
    agreement: {
      host: host({
        url,
        sign: options.sign ? DIGESTS[options.sign] : false,
        mdn: mdn ? { async: options.mdn === 'async', signing: options.mdn_signed ? DIGESTS[options.mdn_signed] : false } : undefined
      }),
      partner: partner({ encrypt: options.encrypt ? CIPHERS[options.encrypt] : false })
    },
    additionalHeaders: {
      Subject: options.subject || 'AS2 Message',
      ...(options.message_id ? { 'Message-ID': `<${options.message_id}>` } : {}),
      ...options.headers
    }
  })
  oaepHash = options.oaep && options.oaep.replace('sha', 'SHA-')
  signedDigest = undefined
  const { headers, body } = await composer.toRequestOptions()
  // Whoever wants no signed MDN gets libas2's optional one; without the header it is plainly unsigned.
  if (mdn && !options.mdn_signed) delete headers['Disposition-Notification-Options']
  const message = {
    message_id: composer.message.messageId().replace(/^<|>$/g, ''),
    mic: signedDigest ? signedDigest.digest.toString('base64') : null,
    digest_alg: signedDigest ? signedDigest.algorithm.toLowerCase().replace('-', '') : null
  }
  sent.set(message.message_id, { ...message, mdnSigned: Boolean(options.mdn_signed) })
  return { message, headers, body: Buffer.from(body), url: options.url || config.partner.url }
}

async function send (request) {
  const { message, headers, body, url } = await alone(() => build(request))
  const result = { ...message, http_status: null, headers: {}, body: '', mdn: null, error: null }
  try {
    const reply = await post(url, headers, body)
    Object.assign(result, { http_status: reply.status, headers: reply.headers, body: reply.body.toString('base64') })
    if ((reply.headers['content-type'] || '').includes('multipart/')) result.mdn = await judge(reply.rawHeaders, reply.body)
  } catch (error) {
    result.error = `${error.name}: ${error.message}`
  }
  return result
}

/** The bytes as libas2 parses them: header lines, an empty line, the body. */
function raw (rawHeaders, body) {
  let head = ''
  for (let i = 0; i < rawHeaders.length; i += 2) head += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`
  if ((config.receive || {}).unquote) head = head.replace(/smime-type="([^"]*)"/i, 'smime-type=$1')
  return Buffer.concat([Buffer.from(head + '\r\n', 'latin1'), body])
}

function lower (rawHeaders) {
  const headers = {}
  for (let i = 0; i < rawHeaders.length; i += 2) headers[rawHeaders[i].toLowerCase()] = rawHeaders[i + 1]
  return headers
}

/** libas2's verdict on an MDN. */
async function judge (rawHeaders, body) {
  const verdict = {
    status: 'failed/failure',
    detail: null,
    accepted: false,
    signed: false,
    digest_alg: null,
    message_id: null,
    original_message_id: null,
    final_recipient: null,
    disposition: null,
    received_content_mic: null,
    mic_matches: null,
    text: null,
    headers: lower(rawHeaders)
  }
  try {
    const node = await AS2Parser.parse(raw(rawHeaders, body))
    const report = notification(node)
    if (report) {
      const fields = Object.fromEntries([...report.matchAll(/^([^:\r\n]+):[ \t]*(.*?)\r?$/gm)].map(m => [m[1].toLowerCase(), m[2]]))
      Object.assign(verdict, {
        disposition: fields.disposition ?? null,
        final_recipient: fields['final-recipient'] ?? null,
        received_content_mic: fields['received-content-mic'] ?? null,
        original_message_id: (fields['original-message-id'] ?? '').replace(/^<|>$/g, '') || null
      })
    }
    const mdn = await node.dispositionIn(node.signed ? { cert: verifyCert() } : undefined)
    if (node.signed) {
      verdict.signed = true
      verdict.digest_alg = signatureFacts(node).digest_alg
    }
    const said = mdn.notification
    const outcome = said.disposition
    verdict.message_id = (mdn.messageId || '').replace(/^<|>$/g, '') || null
    verdict.text = mdn.explanation
    verdict.status = (outcome.processed ? 'processed' : 'failed') + (outcome.description ? `/${outcome.description.type}` : '')
    verdict.detail = outcome.description ? outcome.description.text || null : null
    const original = sent.get((said.originalMessageId || '').replace(/^<|>$/g, ''))
    const mic = said.receivedContentMic && said.receivedContentMic.mic
    if (original && original.mic && mic) verdict.mic_matches = mic === original.mic
    if (!original) verdict.detail = 'the original message is not known'
    else if (original.mdnSigned && !verdict.signed) verdict.detail = 'a signed MDN was asked for, and this has no signature'
    else if (verdict.mic_matches === false) verdict.detail = 'the MIC is another'
    verdict.accepted = verdict.status === 'processed' && !verdict.detail
  } catch (error) {
    verdict.status = 'failed/failure'
    verdict.detail = error.message
  }
  return verdict
}

function notification (node) {
  if ((node.contentType || '').toLowerCase().startsWith('message/disposition-notification')) return node.content.toString('utf8')
  for (const child of node.childNodes || []) {
    const found = notification(child)
    if (found) return found
  }
}

/** libas2's verdict on a message, and the disposition it would send. */
async function receive (req, body) {
  const demanded = config.receive || {}
  const headers = lower(req.rawHeaders)
  const node = await AS2Parser.parse(raw(req.rawHeaders, body))
  const facts = { digest_alg: null, scheme: null, enc_alg: null, key_transport: null, recipients: null }
  const layers = []
  let inner = node
  let trouble = null
  if (node.encrypted) {
    layers.push('encrypted')
    try {
      Object.assign(facts, envelopeFacts(node))
      inner = await node.decrypt({ cert: pem(config.own.cert), key: pem(config.own.key) })
    } catch (error) {
      trouble = error
    }
  }
  const signed = trouble === null && Boolean(inner.signed)
  if (signed) {
    layers.push('signed')
    try {
      Object.assign(facts, signatureFacts(inner))
    } catch (error) {
      trouble = error
    }
  }
  const unquote = name => (name || '').trim().replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1')
  const agreement = {
    host: host({ decrypt: node.encrypted || demanded.encrypted }),
    partner: partner({ verify: signed || demanded.signed, certificate: verifyCert() })
  }
  const known = unquote(headers['as2-from']) === config.partner.as2_id && unquote(headers['as2-to']) === config.own.as2_id
  const { contentNode, disposition } = await node.dispositionOut({ agreement })
  const outcome = disposition.notification.disposition
  if (!known && outcome.processed) {
    outcome.processed = false
    outcome.description = { type: 'failure', text: 'unknown-trading-relationship' }
  }
  let payload = outcome.processed && contentNode ? Buffer.from(contentNode.content || '') : Buffer.alloc(0)
  const content = contentNode || node
  // libas2 leaves the line end that belongs to the boundary in what is not encoded.
  const encoded = /base64|quoted-printable/i.test(content.getHeader('Content-Transfer-Encoding') || '')
  if (signed && !encoded && payload.toString('latin1').endsWith('\r\n')) payload = payload.subarray(0, -2)
  const mic = disposition.notification.receivedContentMic
  return {
    node,
    disposition,
    entry: {
      from: unquote(headers['as2-from']),
      to: unquote(headers['as2-to']),
      message_id: (node.messageId() || '').replace(/^<|>$/g, ''),
      subject: headers.subject ?? null,
      filename: content.filename ?? node.filename ?? null,
      content_type: (content.contentType || '').split(';')[0].trim() || null,
      payload: payload.toString('base64'),
      size: payload.length,
      sha256: createHash('sha256').update(payload).digest('hex'),
      signed,
      encrypted: Boolean(node.encrypted),
      compressed: false,
      layers,
      ...facts,
      mic: mic ? mic.mic : null,
      status: outcome.processed ? 'processed' : `failed/${outcome.description.type}`,
      detail: outcome.description ? outcome.description.text : null,
      accepted: outcome.processed,
      headers,
      header_lines: Array.from({ length: req.rawHeaders.length / 2 }, (_, i) => `${req.rawHeaders[2 * i]}: ${req.rawHeaders[2 * i + 1]}`),
      body_size: body.length,
      chunked: /chunked/i.test(headers['transfer-encoding'] || ''),
      client_subject: subject(req.socket),
      parts: content.childNodes && content.childNodes.length ? content.childNodes.map(part) : null,
      mdn: headers['disposition-notification-to'] === undefined ? null : headers['receipt-delivery-option'] ? 'async' : 'sync'
    }
  }
}

function part (node) {
  const content = Buffer.from(node.content || '')
  return { content_type: (node.contentType || '').split(';')[0].trim(), filename: node.filename ?? null, payload: content.toString('base64') }
}

function subject (socket) {
  const found = socket.getPeerCertificate && socket.getPeerCertificate().subject
  return found ? Object.entries(found).map(([name, value]) => `${name}=${value}`).join(', ') : null
}

function envelopeFacts (node) {
  const { enveloped } = new AS2EnvelopedData(node.content, true)
  const recipient = enveloped.recipientInfos[0].value
  const oid = enveloped.encryptedContentInfo.contentEncryptionAlgorithm.algorithmId
  const transport = recipient.keyEncryptionAlgorithm && recipient.keyEncryptionAlgorithm.algorithmId
  return { enc_alg: NAMES[oid] || oid, key_transport: NAMES[transport] || transport, recipients: enveloped.recipientInfos.length }
}

function signatureFacts (node) {
  const { signed } = new AS2SignedData(Buffer.alloc(0), node.childNodes[1].content)
  const info = signed.signerInfos[0]
  const scheme = info.signatureAlgorithm.algorithmId
  return {
    digest_alg: NAMES[info.digestAlgorithm.algorithmId] || info.digestAlgorithm.algorithmId,
    scheme: NAMES[scheme] === 'rsaes_pkcs1v15' || /^1\.2\.840\.113549\.1\.1\.(5|11|12|13)$/.test(scheme) ? 'rsassa_pkcs1v15' : NAMES[scheme] || scheme
  }
}

/** The MDN to give, as {headers, body}; nothing where none shall be given. */
async function receipt (answer, entry, disposition) {
  const how = answer.mdn || 'asked'
  if (how === 'none' || entry.mdn === null) return
  const said = disposition.notification
  if (answer.mic === 'none') delete said.receivedContentMic
  else if (answer.mic) {
    const wrong = createHash('sha256').update('other content').digest('base64')
    said.receivedContentMic = { algorithm: 'sha-256', ...said.receivedContentMic, mic: answer.mic === 'wrong' ? wrong : answer.mic }
  }
  let mdn = disposition.toMimeNode()
  const report = mdn.childNodes[1]
  let text = report.content.toString('utf8')
  if (answer.disposition) text = text.replace(/^(Disposition: [^;]*; ).*$/m, (_, start) => start + answer.disposition)
  for (const [pattern, to] of answer.replace || []) text = text.replace(new RegExp(pattern, 'gm'), to.replace(/\\(\d)/g, '$$$1'))
  report.setContent(text)
  const options = entry.headers['disposition-notification-options'] || ''
  const asked = /signed-receipt-micalg/i.test(options)
  if (how === 'signed' || (how === 'asked' && asked)) {
    const keys = answer.sign_with || config.own
    const names = options.toLowerCase().split(/[;,]/).map(one => one.trim().replace('-', ''))
    const algorithm = DIGESTS[names.find(one => DIGESTS[one])] || 'sha-256'
    mdn = await mdn.sign({ cert: pem(keys.cert), key: pem(keys.key), algorithm })
  }
  mdn.setHeader([
    { key: 'AS2-From', value: config.own.as2_id },
    { key: 'AS2-To', value: config.partner.as2_id },
    { key: 'AS2-Version', value: '1.0' }
  ])
  mdn.messageId(true)
  let { headers, body } = await mdn.buildObject()
  if (answer.corrupt) body = body.replace(/The message was received/, 'The massage was received')
  return { headers, body: Buffer.from(body) }
}

// ---- HTTP

function post (url, headers, body) {
  const target = new URL(url)
  const who = config.partner
  const options = { method: 'POST', agent: false, timeout: 50000, headers: { ...headers, 'Content-Length': body.length } }
  if (who.basic) options.headers.Authorization = basic(who.basic)
  if (target.protocol === 'https:') {
    if (who.ca) options.ca = pem(who.ca)
    if (who.client_cert) Object.assign(options, { cert: pem(who.client_cert), key: pem(who.client_key) })
  }
  return new Promise((resolve, reject) => {
    const request = (target.protocol === 'https:' ? https : http).request(target, options, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({
        status: response.statusCode,
        rawHeaders: response.rawHeaders,
        headers: lower(response.rawHeaders),
        body: Buffer.concat(chunks)
      }))
    })
    request.on('timeout', () => request.destroy(new Error('no answer')))
    request.on('error', reject)
    request.end(body)
  })
}

const basic = pair => 'Basic ' + Buffer.from(pair.join(':')).toString('base64')

async function read (req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function event (name, entries, entry) {
  entries.push(entry)
  console.log(JSON.stringify({ event: name, count: entries.length }))
}

function nextAnswer () {
  const answer = { ...config.answer }
  if ('times' in answer) config.answer = answer.times > 1 ? { ...answer, times: answer.times - 1 } : {}
  return answer
}

const release = () => new Promise(resolve => held.push(resolve))

/** The AS2 URL: messages, and MDNs that come later. */
async function as2 (req, res) {
  if (req.method === 'HEAD') return res.end()
  const body = await read(req)
  const listen = config.listen || {}
  if (listen.basic && req.headers.authorization !== basic(listen.basic)) {
    return res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="as2"' }).end()
  }
  const kind = req.headers['content-type'] || ''
  if (/disposition-notification/i.test(kind) || (/multipart\/signed/i.test(kind) && /multipart\/report/i.test(body.toString('latin1', 0, 4096)))) {
    const verdict = { ...(await judge(req.rawHeaders, body)), http_status: 200 }
    res.end()
    return event('mdn', mdns, verdict)
  }
  const answer = nextAnswer()
  const { entry, made } = await alone(async () => {
    const { entry, disposition } = await receive(req, body)
    return { entry, made: await receipt(answer, entry, disposition) }
  })
  event('received', received, entry)
  if (answer.cut) return res.socket.destroy()
  if (answer.http_status && answer.http_status !== 200) return res.writeHead(answer.http_status).end()
  if (!made) return res.end()
  if (entry.mdn === 'async') {
    res.end()
    return await deliver(answer, entry, made)
  }
  if (answer.hold) await release()
  res.writeHead(200, { ...made.headers, 'Content-Length': made.body.length }).end(made.body)
}

async function deliver (answer, entry, made) {
  if (answer.hold) await release()
  const url = entry.headers['receipt-delivery-option']
  for (let i = 0; i < (answer.repeat || 1); i++) {
    const outcome = { original_message_id: entry.message_id, url, http_status: null, error: null }
    try {
      outcome.http_status = (await post(url, made.headers, made.body)).status
    } catch (error) {
      outcome.error = `${error.name}: ${error.message}`
    }
    event('mdn_sent', mdnsSent, outcome)
  }
}

function merge (into, change) {
  const plain = value => value && typeof value === 'object' && !Array.isArray(value)
  for (const [key, value] of Object.entries(change)) {
    if (plain(value) && plain(into[key]) && key !== 'answer') merge(into[key], value)
    else into[key] = value
  }
}

const actions = {
  'GET /received': () => received,
  'GET /mdns': () => mdns,
  'GET /mdns_sent': () => mdnsSent,
  'POST /send': send,
  'POST /build': async request => {
    const { message, headers, body } = await alone(() => build(request))
    return { ...message, headers, body: body.toString('base64') }
  },
  'POST /configure': request => merge(config, request) ?? {},
  'POST /answer': request => {
    config.answer = request
    return {}
  },
  'POST /release': () => {
    delete (config.answer || {}).hold
    held.forEach(go => go())
    held = []
    return {}
  }
}

async function control (req, res) {
  const action = actions[`${req.method} ${req.url}`]
  let [status, value] = [404, { error: `no ${req.method} ${req.url}` }]
  try {
    const text = (await read(req)).toString()
    if (action) [status, value] = [200, await action(text ? JSON.parse(text) : {})]
  } catch (error) {
    [status, value] = [500, { error: `${error.name}: ${error.message}` }]
  }
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}

function guarded (handler) {
  return (req, res) => handler(req, res).catch(error => {
    console.error('as2_libas2:', error)
    if (!res.headersSent) res.writeHead(500)
    res.end()
  })
}

const listen = config.listen || {}
const server = listen.cert
  ? https.createServer({
    cert: pem(listen.cert),
    key: pem(listen.key),
    ca: listen.client_ca ? pem(listen.client_ca) : undefined,
    requestCert: Boolean(listen.client_ca),
    rejectUnauthorized: Boolean(listen.client_ca)
  }, guarded(as2))
  : http.createServer(guarded(as2))
const desk = http.createServer(guarded(control))
server.listen(listen.port || 0, '127.0.0.1', () => desk.listen(0, '127.0.0.1', () => {
  const port = server.address().port
  as2Url = `http${listen.cert ? 's' : ''}://127.0.0.1:${port}/as2`
  console.log(JSON.stringify({ event: 'listening', as2: port, control: desk.address().port }))
}))
process.stdin.on('end', () => process.exit(0)).resume()
