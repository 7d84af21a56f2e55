import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/*
 * What the sources say of an enterprise is kept sealed with a key of that enterprise's own, and that key wrapped with the
 * service's secret. Forgetting an enterprise is forgetting its key: no copy of its facts can be read from then on,
 * wherever it lies.
 */

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

export type Vault = {
  /** A new data key, wrapped: what is stored. */
  newKey(uscc: string): Promise<string>;
  /** Whether the key can still be used: not where it was wrapped with a secret that has been replaced since. */
  holds(uscc: string, wrapped: string): Promise<boolean>;
  /** JSON in, text out; `label` says what it is, and it opens under the same label only. */
  seal(uscc: string, wrapped: string, label: string, value: unknown): Promise<string>;
  /** What was sealed; undefined where key or text were made under a secret that has been replaced since. */
  open(uscc: string, wrapped: string, label: string, sealed: string): Promise<unknown>;
};

/** `secret` may be asked often: it caches. */
export function openVault(secret: () => Promise<string>): Vault {
  // Deriving costs more than sealing; a secret is replaced once in years.
  let derived: { from: string; key: Buffer } | undefined;
  async function wrappingKey(): Promise<Buffer> {
    const from = await secret();
    if (derived?.from !== from) {
      derived = { from, key: Buffer.from(hkdfSync('sha256', from, '', 'zhirong/screening/facts', keyBytes)) };
    }
    return derived.key;
  }
  const unwrap = async (uscc: string, wrapped: string) => decrypt(await wrappingKey(), `key|${uscc}`, wrapped);

  return {
    async newKey(uscc) {
      return encrypt(await wrappingKey(), `key|${uscc}`, randomBytes(keyBytes));
    },
    async holds(uscc, wrapped) {
      return (await unwrap(uscc, wrapped)) !== undefined;
    },
    async seal(uscc, wrapped, label, value) {
      const key = await unwrap(uscc, wrapped);
      if (key === undefined) throw new Error(`the data key of ${uscc} cannot be unwrapped`);
      return encrypt(key, `${label}|${uscc}`, Buffer.from(JSON.stringify(value)));
    },
    async open(uscc, wrapped, label, sealed) {
      const key = await unwrap(uscc, wrapped);
      const plain = key && decrypt(key, `${label}|${uscc}`, sealed);
      return plain === undefined ? undefined : JSON.parse(plain.toString('utf8'));
    },
  };
}

function encrypt(key: Buffer, label: string, plain: Buffer): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(label));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function decrypt(key: Buffer, label: string, text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}
